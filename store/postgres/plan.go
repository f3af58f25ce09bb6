package postgres

import (
	"strconv"

	"github.com/jackc/pgx/v5"

	"caunoi/campaign"
)

// PlanVersion also keeps the plan from changing until an Update ends.
func (t *tx) PlanVersion() (int64, error) {
	if err := t.share(); err != nil {
		return 0, err
	}
	v, err := t.meta("plan_version")
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(v, 10, 64)
	return n, fault("read the plan's version", err)
}

func (t *tx) Plan() (*campaign.Plan, error) {
	version, err := t.PlanVersion()
	if err != nil {
		return nil, err
	}
	items, err := collect(t, func(r pgx.Rows) (campaign.Item, error) {
		var body []byte
		if err := r.Scan(&body); err != nil {
			return campaign.Item{}, err
		}
		return campaign.DecodeItem(body)
	}, `SELECT body FROM plan_item`)
	if err != nil {
		return nil, err
	}
	plan := campaign.NewPlan(items)
	plan.Version = version
	return plan, nil
}

// PutPlan keeps everybody from counting until the transaction ends.
func (t *tx) PutPlan(items []campaign.Item) error {
	if err := t.takeAll(); err != nil {
		return err
	}
	b := &pgx.Batch{}
	for i := range items {
		kind, id := items[i].Key()
		body, err := items[i].Encode()
		if err != nil {
			return err
		}
		b.Queue(`INSERT INTO plan_item (kind, id, body) VALUES ($1, $2, $3)
			ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body`, kind, id, body)
	}
	b.Queue(`UPDATE meta SET value = (value::bigint + 1)::text WHERE key = 'plan_version'`)
	return fault("write the plan", t.pg.SendBatch(t.ctx, b).Close())
}

func (t *tx) PutBoundaries(geometry map[string][]byte) error {
	b := &pgx.Batch{}
	b.Queue(`DELETE FROM boundary`)
	for code, g := range geometry {
		b.Queue(`INSERT INTO boundary (code, geometry) VALUES ($1, $2)`, code, g)
	}
	return fault("write the map", t.pg.SendBatch(t.ctx, b).Close())
}

func (t *tx) Boundaries() (map[string][]byte, error) {
	type row struct {
		code     string
		geometry []byte
	}
	rows, err := collect(t, func(r pgx.Rows) (x row, err error) { return x, r.Scan(&x.code, &x.geometry) },
		`SELECT code, geometry FROM boundary`)
	out := map[string][]byte{}
	for _, x := range rows {
		out[x.code] = x.geometry
	}
	return out, err
}

func (t *tx) Boundary(commune string) ([]byte, error) {
	list, err := collect(t, func(r pgx.Rows) (g []byte, err error) { return g, r.Scan(&g) },
		`SELECT geometry FROM boundary WHERE code = $1`, commune)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

func (t *tx) PutPoints(points []campaign.Point) error {
	err := t.exec(`DELETE FROM point WHERE commune = ANY($1)`, campaign.CommunesOf(points))
	if err != nil {
		return fault("write points of the map", err)
	}
	return t.AddPoints(points)
}

func (t *tx) AddPoints(points []campaign.Point) error {
	b := &pgx.Batch{}
	for _, p := range points {
		b.Queue(`INSERT INTO point (commune, village, household, lat, lon) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (commune, village, household) DO UPDATE SET lat = excluded.lat, lon = excluded.lon`,
			p.Commune, p.Village, p.Household, p.Lat, p.Lon)
	}
	return fault("write points of the map", t.pg.SendBatch(t.ctx, b).Close())
}

func (t *tx) Points(commune string) ([]campaign.Point, error) {
	return collect(t, scanPoint, `SELECT commune, village, household, lat, lon FROM point WHERE commune = $1 ORDER BY village, household`, commune)
}

func (t *tx) VillagePoints() ([]campaign.Point, error) {
	return collect(t, scanPoint, `SELECT commune, village, household, lat, lon FROM point WHERE household = '' ORDER BY commune, village`)
}

func scanPoint(r pgx.Rows) (p campaign.Point, err error) {
	return p, r.Scan(&p.Commune, &p.Village, &p.Household, &p.Lat, &p.Lon)
}
