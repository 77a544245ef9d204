# etc
dist_catalog_DATA = etc/evidenced.catalog
