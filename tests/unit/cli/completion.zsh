# What zsh offers: a shell of its own on a terminal completes, as it does for
# people.  Environment: work, top_srcdir; a program evidencectl in PATH.
emulate -L zsh
zmodload zsh/zpty || exit 1

cat > $work/setup <<'SETUP'
unsetopt beep
autoload -Uz compinit && compinit -u -D
compadd() {
	if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
		builtin compadd "$@"
		return
	fi
	local -a found
	builtin compadd -A found "$@"
	matches+=($found)
	builtin compadd "$@"
}
grab() {
	local -a matches
	_main_complete
	compstate[insert]= compstate[list]=
	print -r -- $matches > $work/matches
	print grabbed
}
zle -C grab complete-word grab
bindkey -e
bindkey '^T' grab
print prepared
SETUP

cd $work
zpty shell zsh -f -i
zpty -w shell "fpath=(${(q)top_srcdir}/etc/zsh-completion \$fpath); . ./setup"
zpty -r shell text '*prepared*'
failed=0
expect() { # EXPECTED WORD...: completes the last word
	local expected=$1 text got
	shift
	zpty -w -n shell "evidencectl $*"$'\x14'
	zpty -r shell text '*grabbed*'
	zpty -w -n shell $'\x15'
	got=$(< matches)
	if [[ $got != $expected ]]; then
		print -r -u2 -- "evidencectl $*: '$got', not '$expected'"
		failed=1
	fi
}

names=(-c test.conf --ledger ledger)
expect 'history' his
expect 'check-proof check-config checkpoint' --json check
expect 'checks credentials' list c
expect '--wait' run --w
expect '--json' verify --j
expect '--workload' packet --w
expect 'source-lost' explain source-l
expect 'OWNER_MISSING OWNER_EXPIRED' explain OWNER
expect 'text' packet --format t
expect 'yaml' packet --workload support-chat --format y
expect 'support-chat' $names packet --workload s
expect 'gw-pricing gw-setup' $names diff g
expect 'support-chat source-changed/gw-pricing' $names why s
expect 'support-chat/happy support-chat/error support-chat/usage' \
	$names history --check s
expect 'pricing-owner' $names approve x y --role p
expect 'owner-missing/batch-jobs' $names note o
expect 'check.begun check.error check.happy check.missed check.source check.usage' \
	history --kind check.
expect 'clock clock.stepped' history --kind cl
expect 'base' $names new workload x --use b
expect 'gw-pricing gw-setup' $names attest source g
expect 'support-chat' $names attest usage --role r s
expect 'hold' decide support-chat h
expect 'bb78499bb4ab' $names diff gw-pricing b
expect 'd972e060385c7e79921be3f8314656e5d8204f8c9e96229b3ed69963992617be' \
	$names approve --role=r gw-pricing d
expect '' $names new workload w
expect 'owner-missing/batch-jobs' $names why o
expect 'jsonl' export --format j
expect 'json' packet --format j
expect 'owner-missing/batch-jobs' $names ack o
expect 'rows.tsv' check-config rows
expect '' status x
expect '' -c /nonexistent diff g
zpty -d shell
exit $failed
