package postgres

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"caunoi/journal"
	"caunoi/people"
	"caunoi/tally"
)

const personColumns = `p.id, p.office, p.commune, p.village, p.household, p.birth_year, p.sex, p.student, p.no_school, p.si_months,
	p.cash, p.restricted, p.covers, p.added, p.changed, p.key, p.sealed, p.lead, p.paid, p.hi_until, p.si_until, p.in_cash, p.visited,
	p.outcome, p.visit_by, p.follow_up, p.attempts, p.assigned, p.callable`

func scanPerson(r pgx.Rows) (people.Person, error) { return scanPersonAnd(r) }

func scanPersonAnd(r pgx.Rows, more ...any) (p people.Person, err error) {
	var covers, paid string
	var visited *time.Time
	err = r.Scan(append([]any{
		(*uid)(&p.ID), &p.Office, &p.Commune, &p.Village, &p.Household, &p.BirthYear, &p.Sex, &p.Student, &p.NoSchool, &p.SIMonths,
		&p.Cash, &p.Restricted, &covers, &p.Added, &p.Changed, &p.Key, &p.Sealed, (*uid)(&p.Lead), &paid, &p.HIUntil, &p.SIUntil, &p.InCash, &visited,
		&p.Outcome, &p.VisitBy, &p.FollowUp, &p.Attempts, &p.Assigned, &p.Callable,
	}, more...)...)
	p.Added, p.Changed, p.LastVisit = utc(p.Added), utc(p.Changed), maybe(visited)
	if err == nil {
		err = unpack(covers, &p.Covers)
	}
	if err == nil {
		err = unpack(paid, &p.Paid)
	}
	return p, err
}

// pack writes a list as JSON; nothing for none.
func pack[T any](list []T) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	b, err := json.Marshal(list)
	return string(b), err
}

func unpack[T any](text string, list *[]T) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), list)
}

// putPerson adds a person, or replaces the one with this id.
const putPerson = `INSERT INTO person VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29)
	ON CONFLICT (id) DO UPDATE SET office = excluded.office, commune = excluded.commune, village = excluded.village, household = excluded.household, birth_year = excluded.birth_year,
	sex = excluded.sex, student = excluded.student, no_school = excluded.no_school, si_months = excluded.si_months, cash = excluded.cash,
	restricted = excluded.restricted, covers = excluded.covers, changed = excluded.changed, key = excluded.key, sealed = excluded.sealed,
	lead = excluded.lead, paid = excluded.paid, hi_until = excluded.hi_until, si_until = excluded.si_until, in_cash = excluded.in_cash,
	visited = excluded.visited, outcome = excluded.outcome, visit_by = excluded.visit_by, follow_up = excluded.follow_up, attempts = excluded.attempts,
	assigned = excluded.assigned, callable = excluded.callable`

func (t *tx) PutPeople(list []people.Person) error {
	if len(list) == 0 {
		return nil
	}
	if err := t.within(people.Scope{Whole: true}); err != nil {
		return err
	}
	b := &pgx.Batch{}
	for i := range list {
		p := &list[i]
		covers, err := pack(p.Covers)
		if err != nil {
			return err
		}
		paid, err := pack(p.Paid)
		if err != nil {
			return err
		}
		b.Queue(putPerson, uid(p.ID), p.Office, p.Commune, p.Village, p.Household, p.BirthYear, p.Sex, p.Student, p.NoSchool, p.SIMonths,
			p.Cash, p.Restricted, covers, p.Added, p.Changed, p.Key, p.Sealed, uid(p.Lead), paid, string(p.HIUntil), string(p.SIUntil),
			p.InCash, whenever(p.LastVisit), string(p.Outcome), p.VisitBy, string(p.FollowUp), p.Attempts, p.Assigned, p.Callable)
		if p.Indexes != nil {
			b.Queue(`DELETE FROM person_blind WHERE person = $1 AND blind <> ALL($2)`, uid(p.ID), p.Indexes)
			b.Queue(`INSERT INTO person_blind (blind, person) SELECT blind, $1 FROM unnest($2::text[]) AS blind ON CONFLICT DO NOTHING`, uid(p.ID), p.Indexes)
		}
	}
	return fault("write people", t.pg.SendBatch(t.ctx, b).Close())
}

// within lets the rows of a scope's offices through row-level security, which
// lets nothing through until then, nor in the next transaction.
func (t *tx) within(s people.Scope) error {
	offices := strings.Join(s.Offices, "\x1f")
	if s.Whole {
		offices = "*"
	}
	if t.offices == offices {
		return nil
	}
	t.offices = offices
	return fault("keep to a scope", t.exec(`SELECT set_config('caunoi.offices', $1, true)`, offices))
}

// ask reads rows of a scope by a query whose parameters stand as "?".
func ask[T any](t *tx, s people.Scope, scan func(pgx.Rows) (T, error), query string, args ...any) ([]T, error) {
	if err := t.within(s); err != nil {
		return nil, err
	}
	return collect(t, scan, numbered(query), args...)
}

// run writes, in the offices of a scope.
func (t *tx) run(s people.Scope, query string, args ...any) error {
	if err := t.within(s); err != nil {
		return err
	}
	return t.exec(numbered(query), args...)
}

// numbered puts $1, $2 and so on for "?".
func numbered(query string) string {
	var b strings.Builder
	n := 0
	for _, c := range query {
		if c == '?' {
			n++
			fmt.Fprintf(&b, "$%d", n)
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

var everywhere = people.Scope{Whole: true}

// clauses gather conditions with their parameters.
type clauses struct {
	text strings.Builder
	args []any
}

func (w *clauses) and(condition string, args ...any) {
	w.text.WriteString(" AND ")
	w.text.WriteString(condition)
	w.args = append(w.args, args...)
}

// within keeps to a scope; the zero one holds nobody.
func (w *clauses) within(s people.Scope) {
	if s.Whole {
		return
	}
	w.and(`p.office = ANY(?)`, s.Offices)
	w.communes(s)
}

func (w *clauses) communes(s people.Scope) {
	if len(s.Communes) > 0 {
		w.and(`p.commune = ANY(?)`, s.Communes)
	}
}

func (t *tx) persons(s people.Scope, condition string, args ...any) ([]people.Person, error) {
	var w clauses
	w.and(condition, args...)
	w.within(s)
	return ask(t, s, scanPerson, `SELECT `+personColumns+` FROM person AS p WHERE true`+w.text.String()+` ORDER BY p.id`, w.args...)
}

func (t *tx) PeopleByID(s people.Scope, list []journal.ID) ([]people.Person, error) {
	return t.persons(s, `p.id = ANY(?)`, ids(list))
}

func (t *tx) PeopleByKey(s people.Scope, keys []string) ([]people.Person, error) {
	return t.persons(s, `p.key = ANY(?)`, keys)
}

func (t *tx) PeopleLedBy(s people.Scope, list []journal.ID) ([]people.Person, error) {
	return t.persons(s, `p.lead = ANY(?)`, ids(list))
}

func (t *tx) PeopleByIndex(s people.Scope, indexes []string, most int) ([]people.Indexed, error) {
	w := clauses{args: []any{indexes, most + 1, most}}
	w.within(s)
	return ask(t, s, func(r pgx.Rows) (x people.Indexed, err error) {
		x.Person, err = scanPersonAnd(r, &x.Index)
		return x, err
	}, `SELECT `+personColumns+`, b.blind FROM (SELECT DISTINCT blind FROM unnest(?::text[]) AS blind) AS j
		JOIN person_blind AS b ON b.blind = j.blind
			AND (SELECT count(*) FROM (SELECT 1 FROM person_blind AS c WHERE c.blind = j.blind LIMIT ?) AS few) <= ?
		JOIN person AS p ON p.id = b.person WHERE true`+w.text.String()+` ORDER BY b.blind, p.id`, w.args...)
}

func (t *tx) SharedPhones(campaign string, indicators []tally.Indicator, least int) ([]people.SharedPhone, error) {
	names := make([]string, len(indicators))
	for i, name := range indicators {
		names[i] = string(name)
	}
	return ask(t, people.Scope{Whole: true}, func(r pgx.Rows) (p people.SharedPhone, err error) {
		return p, r.Scan(&p.Office, &p.Day, &p.People)
	}, `WITH phone AS (SELECT blind FROM person_blind WHERE starts_with(blind, '`+people.PhoneMark+`') GROUP BY blind HAVING count(*) >= ?),
		who AS (SELECT b.blind, coalesce(p.lead, p.id) AS id, p.key, p.id::text AS x
			FROM phone JOIN person_blind AS b ON b.blind = phone.blind JOIN person AS p ON p.id = b.person),
		met AS (SELECT w.blind, w.id, t.root FROM who AS w JOIN tie AS t ON t.token = 'c:' || w.key WHERE w.key <> ''
			UNION SELECT w.blind, w.id, t.root FROM who AS w JOIN tie AS t ON t.token = 'r:' || w.x),
		many AS (SELECT c.office, c.day, count(DISTINCT m.id) AS n FROM met AS m JOIN contribution AS c ON c.root = m.root
			WHERE c.campaign = ? AND c.dim = '' AND c.n_closed > 0 AND c.indicator = ANY(?)
			GROUP BY c.office, c.day, m.blind)
		SELECT office, day, max(n) FROM many WHERE n >= ? GROUP BY office, day ORDER BY day, office`,
		least, campaign, names, least)
}

func (t *tx) PeopleOfHouseholds(s people.Scope, households []people.Household) ([]journal.ID, error) {
	var out []journal.ID
	for _, h := range households {
		list, err := t.persons(s, `p.commune = ? AND p.household = ?`, h.Commune, h.Name)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			out = append(out, p.ID)
		}
	}
	return out, nil
}

// listed is the condition of a worklist.
func listed(q people.Query) (string, []any) {
	today := string(q.Today)
	switch q.List {
	case people.Uncovered:
		return `p.hi_until < ?`, []any{today}
	case people.Ends30:
		return `p.hi_until BETWEEN ? AND ?`, []any{today, string(q.After(30))}
	case people.Ends60:
		return `p.hi_until BETWEEN ? AND ?`, []any{today, string(q.After(60))}
	case people.Lapsed:
		return `p.hi_until <> '' AND p.hi_until < ?`, []any{today}
	case people.Missing15:
		return `p.si_months BETWEEN ? AND ?`, []any{people.Missing15From, people.Missing15To}
	case people.PensionDue:
		return `p.in_cash`, nil
	case people.NoCard:
		return `p.student AND p.hi_until < ?`, []any{today}
	case people.FollowUps:
		return `p.follow_up <> '' AND p.follow_up <= ?`, []any{today}
	}
	return `true`, nil
}

// asked adds what a query asks beside its list.
func (w *clauses) asked(q people.Query) {
	if len(q.Indexes) > 0 {
		each := make([]string, len(q.Indexes))
		var args []any
		for i, index := range q.Indexes {
			each[i] = `SELECT person FROM person_blind WHERE blind = ?`
			args = append(args, index)
		}
		w.and(`p.id IN (`+strings.Join(each, " INTERSECT ")+`)`, args...)
	}
	for _, f := range []struct{ column, value string }{{"commune", q.Commune}, {"village", q.Village}, {"household", q.House}} {
		if f.value != "" {
			w.and(`p.`+f.column+` = ?`, f.value)
		}
	}
	switch q.Assigned {
	case "":
	case people.Nobody:
		w.and(`p.assigned = ''`)
	default:
		w.and(`p.assigned = ?`, q.Assigned)
	}
	if q.Callable {
		w.and(`p.callable`)
	}
	if q.List != "" || q.Callable {
		w.and(`NOT p.restricted`)
	}
}

// sorted goes on after a person in an order other than that of places, and
// tells that order. Whoever lacks what is sorted by stands last either way.
func (w *clauses) sorted(q people.Query, from *people.Person) string {
	column, none, lacking, value := "p.birth_year", "0", true, any(int64(0))
	if from != nil {
		value, lacking = int64(from.BirthYear), from.BirthYear == 0
	}
	switch q.Order {
	case people.ByCard:
		if column, none = "p.hi_until", "''"; from != nil {
			value, lacking = string(from.HIUntil), from.HIUntil == ""
		}
	case people.ByFollowUp:
		if column, none = "p.follow_up", "''"; from != nil {
			value, lacking = string(from.FollowUp), from.FollowUp == ""
		}
	case people.ByVisit:
		if column, none = "coalesce(p.visited, 'epoch')", "'epoch'"; from != nil {
			if value, lacking = from.LastVisit, from.LastVisit.IsZero(); lacking {
				value = time.Unix(0, 0)
			}
		}
	}
	lacks := `(` + column + ` = ` + none + `)`
	if q.Down { // what is empty is the least anyway
		if from != nil {
			w.and(`(`+column+`, p.id) < (?,?)`, value, plain(from.ID))
		}
		return column + ` DESC, p.id DESC`
	}
	if from != nil {
		w.and(`(`+lacks+`, `+column+`, p.id) > (?,?,?)`, lacking, value, plain(from.ID))
	}
	return lacks + `, ` + column + `, p.id`
}

// FindPeople goes through one office after the other, in the order of the
// index; where few are searched for, or another order is asked for, through all
// at once.
func (t *tx) FindPeople(s people.Scope, q people.Query) ([]people.Person, string, error) {
	from, err := q.From(t, s)
	if err != nil {
		return nil, "", err
	}
	offices := slices.Sorted(slices.Values(s.Offices))
	groups := [][]string{offices}
	placed := q.Order == people.ByPlace
	if placed && len(q.Indexes) == 0 {
		groups = slices.Collect(slices.Chunk(offices, 1))
	}
	var out []people.Person
	for _, group := range groups {
		if len(group) == 0 || placed && from != nil && group[len(group)-1] < from.Office {
			continue
		}
		var w clauses
		if len(group) == 1 {
			w.and(`p.office = ?`, group[0])
		} else {
			w.and(`p.office = ANY(?)`, group)
		}
		w.communes(s)
		condition, args := listed(q)
		w.and(condition, args...)
		w.asked(q)
		order := `p.office, p.commune, p.village, p.household, p.id`
		if !placed {
			order = w.sorted(q, from)
		} else if from != nil {
			w.and(`(p.office, p.commune, p.village, p.household, p.id) > (?,?,?,?,?)`, from.Office, from.Commune, from.Village, from.Household, plain(from.ID))
		}
		page, err := ask(t, s, scanPerson, `SELECT `+personColumns+` FROM person AS p WHERE p.lead IS NULL`+w.text.String()+
			` ORDER BY `+order+` LIMIT ?`, append(w.args, q.Limit+1-len(out))...)
		if err != nil {
			return nil, "", err
		}
		if out = append(out, page...); len(out) > q.Limit {
			out = out[:q.Limit]
			return out, out[q.Limit-1].ID.String(), nil
		}
	}
	return out, "", nil
}

func (t *tx) CountPeople(s people.Scope, q people.Query) (int, error) {
	var w clauses
	w.within(s)
	condition, args := listed(q)
	w.and(condition, args...)
	w.asked(q)
	n, err := ask(t, s, scanInt, `SELECT count(*) FROM person AS p WHERE p.lead IS NULL`+w.text.String(), w.args...)
	if err != nil {
		return 0, err
	}
	return int(n[0]), nil
}

func (t *tx) CountLists(s people.Scope, q people.Query) (map[people.List]int, error) {
	var w clauses
	counts := make([]string, len(people.Lists))
	for i, list := range people.Lists {
		q.List = list
		condition, args := listed(q)
		counts[i] = `count(*) FILTER (WHERE ` + condition + `)`
		w.args = append(w.args, args...)
	}
	w.within(s)
	w.asked(q)
	got, err := ask(t, s, func(r pgx.Rows) (n []int, err error) {
		n = make([]int, len(people.Lists))
		into := make([]any, len(n))
		for i := range n {
			into[i] = &n[i]
		}
		return n, r.Scan(into...)
	}, `SELECT `+strings.Join(counts, ", ")+` FROM person AS p WHERE p.lead IS NULL`+w.text.String(), w.args...)
	if err != nil {
		return nil, err
	}
	out := map[people.List]int{}
	for i, list := range people.Lists {
		out[list] = got[0][i]
	}
	return out, nil
}

func (t *tx) Villages(s people.Scope, commune string, today journal.Day) ([]people.Village, error) {
	w := clauses{args: []any{string(today)}}
	w.within(s)
	if commune != "" {
		w.and(`p.commune = ?`, commune)
	}
	return ask(t, s, func(r pgx.Rows) (v people.Village, err error) {
		var least string
		var visited *time.Time
		err = r.Scan(&v.Commune, &v.Name, &v.People, &v.Uncovered, &least, &v.Assigned, &visited)
		if least != v.Assigned {
			v.Assigned = ""
		}
		v.LastVisit = maybe(visited)
		return v, err
	}, `SELECT p.commune, p.village, count(*), count(*) FILTER (WHERE p.hi_until < ?), min(p.assigned), max(p.assigned), max(p.visited)
		FROM person AS p WHERE p.lead IS NULL`+w.text.String()+` GROUP BY p.commune, p.village ORDER BY p.commune, p.village`, w.args...)
}

func (t *tx) DropPeople(list []journal.ID) error {
	for _, query := range []string{
		`DELETE FROM person_blind WHERE person = ANY(?)`,
		`DELETE FROM consent WHERE person = ANY(?)`,
		`DELETE FROM person_proof WHERE person = ANY(?)`,
		`DELETE FROM pair WHERE a = ANY(?)`,
		`DELETE FROM pair WHERE b = ANY(?)`,
		`DELETE FROM person WHERE id = ANY(?)`,
	} {
		if err := t.run(everywhere, query, ids(list)); err != nil {
			return fault("remove people", err)
		}
	}
	return nil
}

func (t *tx) MoveOffices(officeOf map[string]string) error {
	for _, commune := range slices.Sorted(maps.Keys(officeOf)) {
		office := officeOf[commune]
		for _, query := range []string{
			`UPDATE person SET office = ? WHERE commune = ? AND office <> ?`,
			`UPDATE assignment SET office = ? WHERE commune = ? AND office <> ?`,
			`UPDATE pair SET office_a = ? WHERE commune_a = ? AND office_a <> ?`,
			`UPDATE pair SET office_b = ? WHERE commune_b = ? AND office_b <> ?`,
		} {
			if err := t.run(everywhere, query, office, commune, office); err != nil {
				return fault("move people to another office", err)
			}
		}
	}
	return nil
}

func (t *tx) PutAssignments(s people.Scope, list []people.Assignment) error {
	for _, a := range list {
		if !s.Holds(a.Office, a.Commune) {
			continue
		}
		err := t.run(everywhere, `DELETE FROM assignment WHERE commune = ? AND village = ? AND household = ?`, a.Commune, a.Village, a.Household)
		if err == nil && a.To != "" {
			err = t.run(everywhere, `INSERT INTO assignment (office, commune, village, household, "user", by, at) VALUES (?,?,?,?,?,?,?)`,
				a.Office, a.Commune, a.Village, a.Household, a.To, a.By, a.At)
		}
		if err == nil {
			err = t.run(everywhere, `UPDATE person SET assigned = coalesce(
					(SELECT "user" FROM assignment AS g WHERE g.commune = person.commune AND g.village = person.village AND g.household = person.household),
					(SELECT "user" FROM assignment AS g WHERE g.commune = person.commune AND g.village = person.village AND g.household = ''), '')
				WHERE commune = ? AND village = ? AND (household = ? OR ? = '')`, a.Commune, a.Village, a.Household, a.Household)
		}
		if err != nil {
			return fault("assign", err)
		}
	}
	return nil
}

func (t *tx) Assignments(s people.Scope, communes []string) ([]people.Assignment, error) {
	w := clauses{args: []any{communes}}
	w.within(s)
	return ask(t, s, func(r pgx.Rows) (a people.Assignment, err error) {
		err = r.Scan(&a.Office, &a.Commune, &a.Village, &a.Household, &a.To, &a.By, &a.At)
		a.At = utc(a.At)
		return a, err
	}, `SELECT p.office, p.commune, p.village, p.household, p."user", p.by, p.at FROM assignment AS p
		WHERE p.commune = ANY(?)`+w.text.String()+` ORDER BY p.commune, p.village, p.household`, w.args...)
}

func (t *tx) PutPair(p people.Pair) error {
	return fault("write a pair", t.run(everywhere, `INSERT INTO pair (id, a, b, office_a, office_b, commune_a, commune_b, score, reasons, state, entries)
		VALUES (?,?,?,?,?,?,?,?,?,?,'') ON CONFLICT (a, b) DO UPDATE SET office_a = excluded.office_a, office_b = excluded.office_b,
			commune_a = excluded.commune_a, commune_b = excluded.commune_b, score = excluded.score, reasons = excluded.reasons`,
		uid(p.ID), uid(p.A), uid(p.B), p.OfficeA, p.OfficeB, p.CommuneA, p.CommuneB, p.Score, strings.Join(p.Reasons, " "), string(p.State)))
}

func (t *tx) SetPair(p people.Pair) error {
	entries, err := pack(p.Entries)
	if err != nil {
		return err
	}
	return fault("write a pair", t.run(everywhere, `UPDATE pair SET state = ?, entries = ? WHERE id = ?`, string(p.State), entries, uid(p.ID)))
}

func (t *tx) pairs(s people.Scope, condition string, args ...any) ([]people.Pair, error) {
	var w clauses
	w.and(condition, args[:len(args)-1]...)
	offices := s.Offices
	w.and(`(p.office_a = ANY(?) OR p.office_b = ANY(?))`, offices, offices)
	return ask(t, s, func(r pgx.Rows) (p people.Pair, err error) {
		var reasons, entries string
		err = r.Scan((*uid)(&p.ID), (*uid)(&p.A), (*uid)(&p.B), &p.OfficeA, &p.OfficeB, &p.CommuneA, &p.CommuneB, &p.Score, &reasons, &p.State, &entries)
		p.Reasons = strings.Fields(reasons)
		if err == nil {
			err = unpack(entries, &p.Entries)
		}
		return p, err
	}, `SELECT p.id, p.a, p.b, p.office_a, p.office_b, p.commune_a, p.commune_b, p.score, p.reasons, p.state, p.entries FROM pair AS p
		WHERE true`+w.text.String()+` ORDER BY p.score DESC, p.id LIMIT ?`, append(w.args, args[len(args)-1])...)
}

func (t *tx) Pair(s people.Scope, id journal.ID) (people.Pair, error) {
	return one(t.pairs(s, `p.id = ?`, uid(id), 1))
}

func (t *tx) Pairs(s people.Scope, state people.PairState, limit int) ([]people.Pair, error) {
	return t.pairs(s, `(p.state = ? OR ? = '')`, string(state), string(state), limit)
}

func (t *tx) PutConsent(c people.Consent) error {
	return fault("write a consent", t.run(everywhere, `INSERT INTO consent (id, person, purpose, text_version, channel, by, given, withdrawn, withdrawn_by, key, sealed)
		VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET withdrawn = excluded.withdrawn, withdrawn_by = excluded.withdrawn_by`,
		uid(c.ID), uid(c.Person), c.Purpose, c.TextVersion, c.Channel, c.By, c.Given, whenever(c.Withdrawn), c.WithdrawnBy, c.Key, c.Sealed))
}

func (t *tx) ConsentsOf(s people.Scope, person journal.ID) ([]people.Consent, error) {
	w := clauses{args: []any{uid(person)}}
	w.within(s)
	return ask(t, s, func(r pgx.Rows) (c people.Consent, err error) {
		var withdrawn *time.Time
		err = r.Scan((*uid)(&c.ID), (*uid)(&c.Person), &c.Purpose, &c.TextVersion, &c.Channel, &c.By, &c.Given, &withdrawn, &c.WithdrawnBy, &c.Key, &c.Sealed)
		c.Given, c.Withdrawn = utc(c.Given), maybe(withdrawn)
		return c, err
	}, `SELECT c.id, c.person, c.purpose, c.text_version, c.channel, c.by, c.given, c.withdrawn, c.withdrawn_by, c.key, c.sealed
		FROM consent AS c JOIN person AS p ON p.id = c.person WHERE c.person = ?`+w.text.String()+` ORDER BY c.given, c.id`, w.args...)
}

func (t *tx) PutRequest(q people.Request) error {
	steps, err := pack(q.Steps)
	if err != nil {
		return err
	}
	return fault("write a request", t.run(everywhere, `INSERT INTO subject_request (id, person, office, kind, by, received, answer_due, finish_due, state, steps)
		VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET answer_due = excluded.answer_due, finish_due = excluded.finish_due,
			state = excluded.state, steps = excluded.steps`,
		uid(q.ID), uid(q.Person), q.Office, q.Kind, q.By, q.Received, string(q.AnswerDue), string(q.FinishDue), q.State, steps))
}

func (t *tx) requests(s people.Scope, condition string, args ...any) ([]people.Request, error) {
	return ask(t, s, func(r pgx.Rows) (q people.Request, err error) {
		var steps string
		err = r.Scan((*uid)(&q.ID), (*uid)(&q.Person), &q.Office, &q.Kind, &q.By, &q.Received, &q.AnswerDue, &q.FinishDue, &q.State, &steps)
		q.Received = utc(q.Received)
		if err == nil {
			err = unpack(steps, &q.Steps)
		}
		return q, err
	}, `SELECT p.id, p.person, p.office, p.kind, p.by, p.received, p.answer_due, p.finish_due, p.state, p.steps FROM subject_request AS p
		WHERE p.office = ANY(?) AND `+condition+` ORDER BY p.received DESC, p.id DESC LIMIT ?`,
		append([]any{s.Offices}, args...)...)
}

func (t *tx) Request(s people.Scope, id journal.ID) (people.Request, error) {
	return one(t.requests(s, `p.id = ?`, uid(id), 1))
}

func (t *tx) RequestsOf(s people.Scope, person journal.ID) ([]people.Request, error) {
	return t.requests(s, `p.person = ?`, uid(person), 1000)
}

func (t *tx) Requests(s people.Scope, limit int) ([]people.Request, error) {
	return t.requests(s, `true`, limit)
}

// unneeded are conditions of people who may go: nothing statutory is held of
// them, and nothing is asked.
const unneeded = ` FROM person AS p WHERE p.covers = '' AND p.paid = '' AND p.si_months = 0 AND NOT p.cash AND NOT p.in_cash AND NOT p.restricted
		AND NOT EXISTS (SELECT 1 FROM subject_request AS q WHERE q.person = p.id AND q.state NOT IN ('done', 'refused'))`

func scanUID(r pgx.Rows) (id journal.ID, err error) { return id, r.Scan((*uid)(&id)) }

func (t *tx) UntouchedPeople(before time.Time, limit int) ([]journal.ID, error) {
	return ask(t, everywhere, scanUID, `SELECT p.id`+unneeded+` AND p.changed < ? AND coalesce(p.visited < ?, true) ORDER BY p.id LIMIT ?`, before, before, limit)
}

func (t *tx) WithdrawnPeople(before time.Time, limit int) ([]journal.ID, error) {
	return ask(t, everywhere, scanUID, `SELECT p.id`+unneeded+`
		AND EXISTS (SELECT 1 FROM consent AS c WHERE c.person = p.id)
		AND NOT EXISTS (SELECT 1 FROM consent AS c WHERE c.person = p.id AND coalesce(c.withdrawn >= ?, true)) ORDER BY p.id LIMIT ?`, before, limit)
}
