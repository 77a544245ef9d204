// Checks a ledger of evidenced with what others wrote: the notes and trees
// of golang.org/x/mod, and nothing of ours.
//
//	strangers DIR [PROOF...]
//
// The signatures of `checkpoint` and of every line of checkpoints.jsonl; the
// root of each from the rows; that each is consistent with the one before;
// every tile; and proofs of single rows.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error) {
	need(err == nil, "%v", err)
}

func need(ok bool, format string, args ...interface{}) {
	if !ok {
		fmt.Fprintf(os.Stderr, "strangers: "+format+"\n", args...)
		os.Exit(1)
	}
}

func read(parts ...string) []byte {
	text, err := os.ReadFile(filepath.Join(parts...))
	must(err)
	return text
}

// The tree of all rows, as x/mod stores it.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		list[i] = h[index]
	}
	return list, nil
}

type ledger struct {
	dir    string
	origin string
	keys   note.Verifiers
	rows   [][]byte
	tree   hashes
}

func open(dir string) *ledger {
	var id struct{ Origin, Vkey string }
	must(json.Unmarshal(read(dir, "LEDGER"), &id))
	key, err := note.NewVerifier(id.Vkey)
	must(err)
	l := &ledger{dir: dir, origin: id.Origin, keys: note.VerifierList(key)}
	names, err := filepath.Glob(filepath.Join(dir, "seg-*.jsonl"))
	must(err)
	for _, name := range names {
		text := bytes.TrimSuffix(read(name), []byte("\n"))
		l.rows = append(l.rows, bytes.Split(text, []byte("\n"))...)
	}
	for i, row := range l.rows {
		list, err := tlog.StoredHashes(int64(i), row, l.tree)
		must(err)
		l.tree = append(l.tree, list...)
	}
	return l
}

// The size and root of a checkpoint that the key signed.
func (l *ledger) checkpoint(text []byte) tlog.Tree {
	n, err := note.Open(text, l.keys)
	must(err)
	lines := strings.Split(n.Text, "\n")
	need(len(lines) == 4 && lines[0] == l.origin, "text %q", n.Text)
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	return tlog.Tree{N: size, Hash: root}
}

// The rows tell this root.
func (l *ledger) check(t tlog.Tree) {
	need(t.N <= int64(len(l.rows)), "%d rows are covered", t.N)
	root, err := tlog.TreeHash(t.N, l.tree)
	must(err)
	need(root == t.Hash, "another root at %d", t.N)
}

func (l *ledger) checkLog() (n int) {
	var past tlog.Tree
	text := string(read(l.dir, "checkpoints.jsonl"))
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		var at struct {
			Note string
			Size int64
		}
		must(json.Unmarshal([]byte(line), &at))
		t := l.checkpoint([]byte(at.Note))
		need(at.Size == t.N, "line %d: size", n)
		l.check(t)
		if n > 0 {
			proof, err := tlog.ProveTree(t.N, past.N, l.tree)
			must(err)
			must(tlog.CheckTree(proof, t.N, t.Hash, past.N, past.Hash))
		}
		past = t
		n++
	}
	return n
}

// x/mod names a tile with its height in front: tile/8/L/N.
func (l *ledger) checkTiles() (n int) {
	root := filepath.Join(l.dir, "tile")
	must(filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rest, err := filepath.Rel(root, p)
		must(err)
		tile, err := tlog.ParseTilePath("tile/8/" + filepath.ToSlash(rest))
		must(err)
		data, err := tlog.ReadTileData(tile, l.tree)
		must(err)
		need(bytes.Equal(data, read(p)), "%s is another", p)
		n++
		return nil
	}))
	return n
}

func (l *ledger) checkProof(file string) {
	var row []byte
	var index int64
	var proof tlog.RecordProof
	head, text, ok := strings.Cut(string(read(file)), "\n\n")
	lines := strings.Split(head, "\n")
	need(ok && len(lines) > 2 && lines[0] == "c2sp.org/tlog-proof@v1",
		"%s: no proof", file)
	row, err := base64.StdEncoding.DecodeString(
		strings.TrimPrefix(lines[1], "extra "))
	must(err)
	index, err = strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	must(err)
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		must(err)
		proof = append(proof, hash)
	}
	t := l.checkpoint([]byte(text))
	need(bytes.Equal(row, l.rows[index]), "%s: another row", file)
	must(tlog.CheckRecord(proof, t.N, t.Hash, index, tlog.RecordHash(row)))
}

func main() {
	need(len(os.Args) > 1, "usage: strangers DIR [PROOF...]")
	l := open(os.Args[1])
	l.check(l.checkpoint(read(l.dir, "checkpoint")))
	lines := l.checkLog()
	tiles := l.checkTiles()
	for _, file := range os.Args[2:] {
		l.checkProof(file)
	}
	fmt.Printf("good: %d rows, %d checkpoints, %d tiles, %d proofs\n",
		len(l.rows), lines, tiles, len(os.Args)-2)
}
