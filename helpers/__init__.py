"""Helpers of borderbook, on five floors; a module imports only from floors below its own.

5 door       cli
4 making     runs, kernels, results, changes, pages, variants, site, figures, downloads, prose
3 showing    tables, charts, plotted, maps; above them exhibits, one function per figure of the book
2 measuring  indicators, printed, parameters; gross_product, foreign_trade, small_enterprises,
             content; judging, claims, evidence
1 facts      data, regions, words; documents, formats, vocabulary
"""
