package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/store"
	"caunoi/store/sqlite"
)

type backupCmd struct {
	where
	File string `arg:"" placeholder:"FILE" help:"Where to write the copy; it must not be there yet. It holds no keys: keep those elsewhere."`
}

func (c *backupCmd) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, true, func(s store.Store) error {
		copier, ok := s.(interface {
			Copy(ctx context.Context, path string) error
		})
		if !ok {
			return usageError{spoken("cli.backup.other")}
		}
		if err := atTerminal(ctx, s, audit.Event{Act: "backup.made"}); err != nil {
			return err
		}
		if err := copier.Copy(ctx, c.File); err != nil {
			if errors.Is(err, fs.ErrExist) {
				return spoken("cli.backup.there", "file", c.File)
			}
			return err
		}
		info, err := os.Stat(c.File)
		if err != nil {
			return err
		}
		fmt.Fprintln(t.out, words().Text("cli.backup.made", "file", c.File, "bytes", info.Size()))
		return nil
	})
}

type restoreCmd struct {
	Data string `required:"" placeholder:"DIR" help:"Folder to restore into; it holds no database yet."`
	Keys string `placeholder:"FILE" help:"The key file of the database; without it, $$CAUNOI_KEYS, or keys/master in the data folder."`
	File string `arg:"" placeholder:"FILE" help:"What backup wrote."`
}

func (c *restoreCmd) Run(ctx context.Context, t terminal) error {
	w := where{Data: c.Data, Keys: c.Keys}
	keys, err := w.masterKeys()
	if err != nil {
		return err
	}
	var lost audit.Checkpoint
	err = sqlite.Restore(ctx, c.Data, c.File, keys, func(s *sqlite.Store) (err error) {
		lost, err = w.beginAnew(ctx, s)
		return err
	})
	switch {
	case errors.Is(err, fs.ErrExist):
		return spoken("cli.restore.there", "file", filepath.Join(c.Data, sqlite.File))
	case errors.Is(err, sqlite.ErrUnsound):
		return spoken("cli.restore.unsound", "file", c.File, "why", err)
	case err != nil:
		return err
	}
	fmt.Fprintln(t.out, words().Text("cli.restore.done", "dir", c.Data))
	if lost.Seq == 0 {
		return nil
	}
	// The head that is ahead stays as evidence of what the copy lacks.
	path := filepath.Join(keys.Dir(), audit.AnchorFile)
	aside := fmt.Sprintf("%s-%d", path, lost.Seq)
	fmt.Fprintln(t.out, words().Text("cli.restore.lost", "seq", lost.Seq, "file", aside))
	return os.Rename(path, aside)
}

// beginAnew begins a new life of data that come from a copy; it gives the head
// of the audit that is kept outside if the copy is older.
func (w where) beginAnew(ctx context.Context, s store.Store) (lost audit.Checkpoint, err error) {
	if lost, err = w.ahead(ctx, s); err != nil {
		return lost, err
	}
	err = s.Update(ctx, func(tx store.Tx) error {
		if err := tx.Renew(); err != nil {
			return err
		}
		if err := tx.PutSetting(lostSetting, hex.EncodeToString(lost.Hash)); err != nil {
			return err
		}
		return audit.Append(tx, time.Now(), audit.Event{
			Act: "backup.restored", Actor: access.Terminal().ID,
			Details: map[string]string{"lost_until": strconv.FormatInt(lost.Seq, 10)},
		})
	})
	return lost, err
}

// lostSetting holds the head of the audit, seen outside, that is lost to these
// data by a restore of which they know.
const lostSetting = "restored.lost"

// settleIn begins a new life where somebody put an older copy of the database
// into the place of a newer one: phones then bring again what it lacks.
func (w where) settleIn(ctx context.Context, s store.Store) error {
	lost, err := w.ahead(ctx, s)
	if err != nil || lost.Seq == 0 {
		return err
	}
	var known string
	err = s.View(ctx, func(tx store.Tx) (err error) {
		known, err = tx.Setting(lostSetting)
		return err
	})
	if err != nil || known == hex.EncodeToString(lost.Hash) {
		return err
	}
	_, err = w.beginAnew(ctx, s)
	return err
}

// ahead is the head of the audit beside the keys if these data have not come
// to it, else the zero head.
func (w where) ahead(ctx context.Context, s store.Store) (audit.Checkpoint, error) {
	keys, err := w.masterKeys()
	if err != nil || keys.Dir() == "" {
		return audit.Checkpoint{}, err
	}
	seen, err := audit.ReadAnchor(filepath.Join(keys.Dir(), audit.AnchorFile))
	if err != nil {
		return audit.Checkpoint{}, err
	}
	var holds bool
	err = s.View(ctx, func(tx store.Tx) (err error) {
		holds, err = audit.Holds(tx, seen)
		return err
	})
	if err != nil || holds {
		return audit.Checkpoint{}, err
	}
	return seen, nil
}
