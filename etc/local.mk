# etc
dist_catalog_DATA = etc/evidenced.catalog
# Gateway profiles, and samples of the configuration.
profiledir = $(pkgdatadir)/profiles
dist_profile_DATA = etc/profiles/cometapi.conf etc/profiles/generic.conf
exampledir = $(docdir)/examples
dist_example_DATA = etc/evidenced.conf etc/conf.d/example
