package main

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/store"
)

type officeCmd struct {
	Account officeAccountCmd `cmd:"" help:"Show, set or take away the account to which people pay (VietQR)."`
}

type officeAccountCmd struct {
	where
	Office string `arg:"" help:"Id of the office; offices below it without an account of their own use it."`
	Bank   string `help:"BIN of the bank at NAPAS, 6 digits, as 970405." xor:"change"`
	Number string `help:"Number of the account."`
	Holder string `help:"Name of the holder, as the bank writes it."`
	None   bool   `help:"Take the account away." xor:"change"`
}

func (c *officeAccountCmd) Run(ctx context.Context, t terminal) error {
	return c.with(ctx, true, func(s store.Store) error {
		return update(ctx, s, func(tx store.Tx, plan *campaign.Plan) error {
			if !plan.HasOffice(c.Office) {
				return journal.Refuse("entry.unknown_office", "office", c.Office)
			}
			if c.Bank != "" || c.None {
				var account *outreach.Account
				if c.Bank != "" {
					account = &outreach.Account{Bank: c.Bank, Number: c.Number, Holder: c.Holder}
				}
				if err := fieldsync.SetCollectingAccount(tx, plan, time.Now(), access.Terminal(), c.Office, account); err != nil {
					return err
				}
			}
			account, err := fieldsync.CollectingAccount(tx, plan, c.Office)
			if err != nil {
				return err
			}
			text, err := json.Marshal(account)
			if err == nil {
				_, err = fmt.Fprintf(t.out, "%s\n", text)
			}
			return err
		})
	})
}
