package postgres

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
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
	return a, json.Unmarshal([]byte(details), &a.Details)
}

// LockAudit takes a lock that comes after all others, so that it is held for
// the end of a transaction alone.
func (t *tx) LockAudit() error { return t.take([]lockKey{t.store.key(rankWhole, "audit")}) }

func (t *tx) LastAudit() (a audit.Row, err error) {
	got, err := collect(t, scanAudit, `SELECT `+auditColumns+` FROM audit ORDER BY seq DESC LIMIT 1`)
	if err != nil || len(got) == 0 {
		return a, err
	}
	return got[0], nil
}

func (t *tx) PutAudit(a audit.Row) error {
	details, err := json.Marshal(a.Details, json.Deterministic(true))
	if err != nil {
		return err
	}
	return fault("append to the audit", t.exec(`INSERT INTO audit (`+auditColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		a.Seq, a.At, string(a.Act), a.Actor, a.Device, a.Office, a.Subject, string(a.Outcome), string(details), a.Hash))
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
	and(q.Offices != nil, `office = ANY($%d)`, q.Offices)
	and(q.Before > 0, `seq < $%d`, q.Before)
	args = append(args, q.Limit)
	return collect(t, scanAudit, `SELECT `+auditColumns+` FROM audit WHERE `+strings.Join(cond, ` AND `)+
		fmt.Sprintf(` ORDER BY seq DESC LIMIT $%d`, len(args)), args...)
}

func (t *tx) AuditAfter(seq int64, limit int) ([]audit.Row, error) {
	return collect(t, scanAudit, `SELECT `+auditColumns+` FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2`, seq, limit)
}
