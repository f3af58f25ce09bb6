package main

import (
	"context"
	"errors"
	"os"
	"time"

	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/outreach"
	"caunoi/store"
	"caunoi/store/postgres"
	"caunoi/store/sqlite"
)

// where names the store of a command.
type where struct {
	Data string `xor:"where" placeholder:"DIR" help:"Folder that holds the SQLite file."`
	DB   string `xor:"where" placeholder:"URL" help:"PostgreSQL, as postgres://user@host/database; without --data and --db, $$CAUNOI_DB, which keeps a password off the process list."`
}

// open opens the store; a command that only reads wants it to be there.
func (w where) open(ctx context.Context, mustExist bool) (store.Store, error) {
	if w.Data == "" && w.DB == "" {
		w.DB = os.Getenv("CAUNOI_DB")
	}
	switch {
	case w.DB != "":
		return postgres.Open(ctx, w.DB)
	case w.Data == "":
		return nil, usageError{spoken("cli.where.missing")}
	}
	if mustExist {
		if _, err := os.Stat(w.Data + "/" + sqlite.File); err != nil {
			return nil, spoken("cli.where.no_data", "dir", w.Data, "why", err)
		}
	}
	return sqlite.Open(ctx, w.Data)
}

// with opens the store, runs f and closes it.
func (w where) with(ctx context.Context, mustExist bool, f func(s store.Store) error) error {
	s, err := w.open(ctx, mustExist)
	if err != nil {
		return err
	}
	return errors.Join(f(s), s.Close())
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
