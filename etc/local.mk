# etc
dist_catalog_DATA = etc/evidenced.catalog
# Gateway profiles, and samples of the configuration.
profiledir = $(pkgdatadir)/profiles
dist_profile_DATA = etc/profiles/cometapi.conf etc/profiles/generic.conf
exampledir = $(docdir)/examples
dist_example_DATA = etc/evidenced.conf etc/conf.d/example \
	etc/journald-evidenced.conf

# The service: the unit, its user, and the folder that LoadCredential= names
# (systemd refuses to start a unit when that is absent).
systemunit_DATA = etc/systemd/evidenced.service
dist_sysusers_DATA = etc/sysusers.d/evidenced.conf
EXTRA_DIST += etc/systemd/evidenced.service.in
CLEANFILES += etc/systemd/evidenced.service

etc/systemd/evidenced.service: etc/systemd/evidenced.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) etc/systemd && \
	$(SED) -e 's|@sbindir[@]|$(sbindir)|g' -e 's|@bindir[@]|$(bindir)|g' \
		-e 's|@sysconfdir[@]|$(sysconfdir)|g' \
		$(srcdir)/etc/systemd/evidenced.service.in > $@.new && \
	mv $@.new $@

credentialsdir = $(sysconfdir)/evidenced/credentials

install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(credentialsdir)'
	chmod 0700 '$(DESTDIR)$(credentialsdir)'

# What an administrator put there stays.
uninstall-local:
	-rmdir '$(DESTDIR)$(credentialsdir)' '$(DESTDIR)$(sysconfdir)/evidenced' \
		2> /dev/null || :

# The folders that are ours alone, once their files are gone.
uninstall-hook:
	-rmdir '$(DESTDIR)$(profiledir)' '$(DESTDIR)$(pkgdatadir)' \
		'$(DESTDIR)$(exampledir)' '$(DESTDIR)$(docdir)' \
		'$(DESTDIR)$(pkglibexecdir)' 2> /dev/null || :
EXTRA_DIST += etc/demo/cometapi.conf.in etc/demo/evidenced.conf.in

bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = etc/bash-completion/evidencectl
zshcompletiondir = $(datadir)/zsh/vendor-completions
dist_zshcompletion_DATA = etc/zsh-completion/_evidencectl
