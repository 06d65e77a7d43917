"""Data files for editable installations too: setuptools looks for `has_data`, which it lacks."""

from setuptools import Distribution, setup


class _WithData(Distribution):
    has_data = Distribution.has_data_files


setup(distclass=_WithData)
