"""Helpers of borderbook, on five floors; a module imports only from floors below its own.

5 door      cli
4 making    runs, kernels, site
3 showing   tables, charts, maps
2 measuring indicators, printed, claims, parameters and the sections' measures
1 facts     data, regions, words
"""
