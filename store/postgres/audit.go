package postgres

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"caunoi/audit"
)

const auditColumns = `seq, at, act, actor, device, office, subject, outcome, details, hash`

func scanAudit(r pgx.Rows) (a audit.Row, err error) {
	var details string
	err = r.Scan(&a.Seq, &a.At, &a.Act, &a.Actor, &a.Device, &a.Office, &a.Subject, &a.Outcome, &details, &a.Hash)
	if err != nil {
		return a, err
	}
	a.At = utc(a.At)
	a.Read(details)
	return a, nil
}

// Chain keeps a row until the transaction ends: whoever adds to the chain
// keeps all others from it until the commit.
func (t *tx) Chain(a audit.Row) error {
	if t.locks == nil {
		return errors.New("append to the audit: the transaction only reads")
	}
	t.audits = append(t.audits, a)
	return nil
}

// chain puts the rows at the end of the chain. The lock of the chain is the
// last that a transaction waits for, and nothing is locked after it.
func (t *tx) chain() error {
	if len(t.audits) == 0 {
		return nil
	}
	if err := t.exec(`SELECT pg_advisory_xact_lock($1)`, t.store.key(rankWhole, "audit").sql()); err != nil {
		return fault("lock the audit", err)
	}
	last, err := t.LastAudit()
	if err != nil {
		return err
	}
	key := t.Derive(audit.Purpose)
	for _, a := range t.audits {
		last = a.After(last, key)
		if err := t.putAudit(last); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) LastAudit() (a audit.Row, err error) {
	got, err := collect(t, scanAudit, `SELECT `+auditColumns+` FROM audit ORDER BY seq DESC LIMIT 1`)
	if err != nil || len(got) == 0 {
		return a, err
	}
	return got[0], nil
}

func (t *tx) putAudit(a audit.Row) error {
	return fault("append to the audit", t.exec(`INSERT INTO audit (`+auditColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		a.Seq, a.At, string(a.Act), a.Actor, a.Device, a.Office, a.Subject, string(a.Outcome), a.Text, a.Hash))
}

func (t *tx) Audit(q audit.Query) ([]audit.Row, error) {
	cond, args := []string{`true`}, []any{}
	and := func(set bool, c string, arg any) {
		if set {
			args = append(args, arg)
			cond = append(cond, fmt.Sprintf(c, len(args)))
		}
	}
	and(!q.From.IsZero(), `at >= $%d`, q.From)
	and(!q.To.IsZero(), `at < $%d`, q.To)
	and(q.Act != "", `act = $%d`, q.Act)
	and(q.Actor != "", `actor = $%d`, q.Actor)
	and(q.Subject != "", `subject = $%d`, q.Subject)
	and(q.Actors != nil, `actor = ANY($%d)`, q.Actors)
	and(q.Offices != nil, `office = ANY($%d)`, q.Offices)
	than, way := `<`, ` DESC`
	if q.Up {
		than, way = `>`, ``
	}
	order, after := `seq`+way, `seq `+than+` $%d`
	switch column := string(q.Order); q.Order {
	case audit.ByAct, audit.ByActor, audit.BySubject:
		order, after = column+way+`, `+order, `(`+column+`, seq) `+than+` (SELECT `+column+`, seq FROM audit WHERE seq = $%d)`
	}
	and(q.After > 0, after, q.After)
	args = append(args, q.Limit)
	return collect(t, scanAudit, `SELECT `+auditColumns+` FROM audit WHERE `+strings.Join(cond, ` AND `)+
		fmt.Sprintf(` ORDER BY `+order+` LIMIT $%d`, len(args)), args...)
}

func (t *tx) AuditAfter(seq int64, limit int) ([]audit.Row, error) {
	return collect(t, scanAudit, `SELECT `+auditColumns+` FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2`, seq, limit)
}
