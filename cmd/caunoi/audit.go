package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/journal"
	"caunoi/store"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Check the chain of the audit; exit 1 if anything in it was changed."`
	Export auditExportCmd `cmd:"" help:"Write the audit as JSON Lines."`
}

type auditVerifyCmd struct {
	where
	Since string `placeholder:"FILE" help:"A head of the chain from before, as this command prints it with --json; the chain must still hold it."`
	JSON  bool   `help:"Write the head and the faults as JSON."`
}

func (c *auditVerifyCmd) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, true, func(s store.Store) error {
		head, faults, err := c.verifyAudit(ctx, s, c.Since)
		if err != nil {
			return err
		}
		if c.JSON {
			err = json.MarshalWrite(t.out, struct {
				audit.Checkpoint
				Faults []audit.Fault `json:"faults"`
			}{head, append([]audit.Fault{}, faults...)})
			fmt.Fprintln(t.out)
		} else {
			sayFaults(t, head, faults)
		}
		if err == nil && len(faults) > 0 {
			return errFalse
		}
		return err
	})
}

// verifyAudit checks the chain against the head that is kept beside the keys
// and, if named, another one.
func (w where) verifyAudit(ctx context.Context, s store.Store, since string) (head audit.Checkpoint, faults []audit.Fault, err error) {
	keys, err := w.masterKeys()
	if err != nil {
		return head, nil, err
	}
	marks := make([]audit.Checkpoint, 0, 2)
	for _, path := range []string{filepath.Join(keys.Dir(), audit.AnchorFile), since} {
		if path == "" {
			continue
		}
		mark, err := audit.ReadAnchor(path)
		if err != nil {
			return head, nil, err
		}
		marks = append(marks, mark)
	}
	err = s.View(ctx, func(tx store.Tx) (err error) {
		head, faults, err = audit.Verify(tx, marks...)
		return err
	})
	return head, faults, err
}

func sayFaults(t terminal, head audit.Checkpoint, faults []audit.Fault) {
	for _, f := range faults {
		fmt.Fprintln(t.out, words().Text("cli.audit.fault."+f.What, "seq", f.Seq))
	}
	fmt.Fprintln(t.out, words().Text("cli.audit.result", "events", head.Seq, "faults", len(faults)))
}

type auditExportCmd struct {
	where
	From string `placeholder:"DAY" help:"First day, as 2025-11-01."`
	To   string `placeholder:"DAY" help:"Last day."`
}

func (c *auditExportCmd) Run(ctx context.Context, t terminal) error {
	var from, to time.Time
	for _, d := range []struct {
		text string
		into *time.Time
		add  int
	}{{c.From, &from, 0}, {c.To, &to, 1}} {
		if d.text == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, d.text, journal.Zone)
		if err != nil {
			return usageError{journal.Refuse("entry.value", "field", "day", "value", d.text)}
		}
		*d.into = day.AddDate(0, 0, d.add)
	}
	return c.with(ctx, true, func(s store.Store) error {
		err := atTerminal(ctx, s, audit.Event{Act: "audit.exported", Details: map[string]string{"from": c.From, "to": c.To}})
		if err != nil {
			return err
		}
		w := bufio.NewWriter(t.out)
		err = s.View(ctx, func(tx store.Tx) error {
			return audit.Each(tx, 0, func(r *audit.Row) error {
				if r.At.Before(from) || !to.IsZero() && !r.At.Before(to) {
					return nil
				}
				err := json.MarshalWrite(w, struct {
					*audit.Row
					Hash audit.Hash `json:"hash"`
				}{r, r.Hash}, json.Deterministic(true))
				return errors.Join(err, w.WriteByte('\n'))
			})
		})
		return errors.Join(err, w.Flush())
	})
}

// atTerminal records an act of who works at the command line, in the
// transaction of the act where that writes.
func atTerminal(ctx context.Context, s store.Store, e audit.Event, act ...func(store.Tx) error) error {
	e.Actor = access.Terminal().ID
	return s.Update(ctx, func(tx store.Tx) error {
		for _, do := range act {
			if err := do(tx); err != nil {
				return err
			}
		}
		return audit.Append(tx, time.Now(), e)
	})
}

// keepAnchor keeps the head of the audit beside the keys, at most once a
// second, until ctx is done.
func (w where) keepAnchor(ctx context.Context, s store.Store, failed func(error)) {
	for ctx.Err() == nil {
		changed := s.Changed()
		if err := w.anchor(ctx, s); err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
			select {
			case <-ctx.Done():
			case <-changed:
			}
		}
	}
}

// anchor keeps the head of the audit outside the database: what is cut off the
// end of the audit shows by it. A head that the chain holds no more is left as
// it is, for `audit verify` to find.
func (w where) anchor(ctx context.Context, s store.Store) error {
	keys, err := w.masterKeys()
	if err != nil || keys.Dir() == "" {
		return err
	}
	path := filepath.Join(keys.Dir(), audit.AnchorFile)
	had, err := audit.ReadAnchor(path)
	if err != nil {
		return err
	}
	var head audit.Checkpoint
	var holds bool
	err = s.View(ctx, func(tx store.Tx) (err error) {
		if head, err = audit.Head(tx); err == nil {
			holds, err = audit.Holds(tx, had)
		}
		return err
	})
	if err != nil || !holds || head.Seq <= had.Seq {
		return err
	}
	return audit.WriteAnchor(path, head)
}
