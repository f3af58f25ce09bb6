package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/store"
)

type keysCmd struct {
	Rotate keysRotateCmd `cmd:"" help:"Renew the master key. Copies of the database from before then open with the old key file alone."`
}

type keysRotateCmd struct {
	where
	Forget bool `help:"Destroy the old master keys: who was erased is then gone from every older copy of the database, and older copies open no more."`
}

func (c *keysRotateCmd) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, true, func(s store.Store) error {
		var n int
		err := s.Update(ctx, func(tx store.Tx) (err error) {
			if n, err = tx.Rotate(); err != nil {
				return err
			}
			return audit.Append(tx, time.Now(), audit.Event{
				Act: "keys.rotated", Actor: access.Terminal().ID,
				Details: map[string]string{"keys": strconv.Itoa(n), "forget": strconv.FormatBool(c.Forget)},
			})
		})
		if err == nil && c.Forget {
			err = s.View(ctx, store.Tx.Forget)
		}
		if err == nil {
			_, err = fmt.Fprintln(t.out, words().Text("cli.keys.rotated", "keys", n))
		}
		return err
	})
}
