"""For every kernel of the environment: plain DataFrames and charts are shown as figures."""

c = get_config()  # noqa: F821
c.InteractiveShellApp.extra_extensions.append("borderbook.ipython")
