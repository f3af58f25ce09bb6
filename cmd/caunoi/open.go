package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/store/postgres"
	"caunoi/store/sqlite"
	"caunoi/vault"
)

// where names the store of a command.
type where struct {
	Data string `xor:"where" placeholder:"DIR" help:"Folder that holds the SQLite file."`
	Keys string `placeholder:"FILE" help:"The key file; without it, $$CAUNOI_KEYS, or keys/master in the data folder. Made if there is none."`
	DB   string `xor:"where" placeholder:"URL" help:"PostgreSQL, as postgres://user@host/database; without --data and --db, $$CAUNOI_DB, which keeps a password off the process list."`
}

// masterKeys reads the key file: beside the SQLite file unless named.
func (w where) masterKeys() (*vault.Keys, error) {
	if w.Keys == "" {
		w.Keys = os.Getenv("CAUNOI_KEYS")
	}
	if w.Keys == "" && w.Data == "" {
		return nil, usageError{spoken("cli.where.keys")}
	}
	return vault.Open(cmp.Or(w.Keys, filepath.Join(w.Data, "keys", "master")))
}

// open opens the store; a command that only reads wants it to be there.
func (w where) open(ctx context.Context, mustExist bool) (store.Store, error) {
	if w.Data == "" && w.DB == "" {
		w.DB = os.Getenv("CAUNOI_DB")
	}
	if w.Data == "" && w.DB == "" {
		return nil, usageError{spoken("cli.where.missing")}
	}
	keys, err := w.masterKeys()
	if err != nil {
		return nil, err
	}
	if w.DB != "" {
		return postgres.Open(ctx, w.DB, keys)
	}
	if mustExist {
		if _, err := os.Stat(w.Data + "/" + sqlite.File); err != nil {
			return nil, spoken("cli.where.no_data", "dir", w.Data, "why", err)
		}
	}
	return sqlite.Open(ctx, w.Data, keys)
}

// with opens the store, runs f, keeps the head of the audit and closes the
// store.
func (w where) with(ctx context.Context, mustExist bool, f func(s store.Store) error) error {
	s, err := w.open(ctx, mustExist)
	if err != nil {
		return err
	}
	err = f(s)
	return errors.Join(err, w.anchor(context.WithoutCancel(ctx), s), s.Close())
}

func newIntake(s store.Store) *fieldsync.Intake {
	return fieldsync.NewIntake(s, outreach.Schema(), time.Now)
}

// view runs f on the plan and one state of the store.
func view(ctx context.Context, s store.Store, f func(tx store.Tx, plan *campaign.Plan) error) error {
	return s.View(ctx, func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		return f(tx, plan)
	})
}
