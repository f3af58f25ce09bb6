package sqlite

import (
	"database/sql"
	"strconv"

	"caunoi/campaign"
)

func (t *tx) PlanVersion() (int64, error) {
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
	items, err := collect(t.q, func(r *sql.Rows) (campaign.Item, error) {
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

func (t *tx) PutPlan(items []campaign.Item) error {
	for i := range items {
		kind, id := items[i].Key()
		body, err := items[i].Encode()
		if err != nil {
			return err
		}
		if err := t.q.exec(`INSERT INTO plan_item (kind, id, body) VALUES (?,?,?)
			ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body`, kind, id, body); err != nil {
			return fault("write the plan", err)
		}
	}
	return fault("write the plan", t.q.exec(`UPDATE meta SET value = value + 1 WHERE key = 'plan_version'`))
}

func (t *tx) PutBoundaries(geometry map[string][]byte) error {
	if err := t.q.exec(`DELETE FROM boundary`); err != nil {
		return fault("write the map", err)
	}
	for code, g := range geometry {
		if err := t.q.exec(`INSERT INTO boundary (code, geometry) VALUES (?,?)`, code, g); err != nil {
			return fault("write the map", err)
		}
	}
	return nil
}

func (t *tx) Boundaries() (map[string][]byte, error) {
	type row struct {
		code     string
		geometry []byte
	}
	rows, err := collect(t.q, func(r *sql.Rows) (x row, err error) { return x, r.Scan(&x.code, &x.geometry) },
		`SELECT code, geometry FROM boundary`)
	out := map[string][]byte{}
	for _, x := range rows {
		out[x.code] = x.geometry
	}
	return out, err
}

func (t *tx) Boundary(commune string) ([]byte, error) {
	list, err := collect(t.q, func(r *sql.Rows) (g []byte, err error) { return g, r.Scan(&g) },
		`SELECT geometry FROM boundary WHERE code = ?`, commune)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

func (t *tx) PutPoints(points []campaign.Point) error {
	for _, commune := range campaign.CommunesOf(points) {
		if err := t.q.exec(`DELETE FROM point WHERE commune = ?`, commune); err != nil {
			return fault("write points of the map", err)
		}
	}
	return t.AddPoints(points)
}

func (t *tx) AddPoints(points []campaign.Point) error {
	for _, p := range points {
		if err := t.q.exec(`INSERT INTO point (commune, village, household, lat, lon) VALUES (?,?,?,?,?)
			ON CONFLICT (commune, village, household) DO UPDATE SET lat = excluded.lat, lon = excluded.lon`,
			p.Commune, p.Village, p.Household, p.Lat, p.Lon); err != nil {
			return fault("write points of the map", err)
		}
	}
	return nil
}

func (t *tx) Points(commune string) ([]campaign.Point, error) {
	return collect(t.q, scanPoint, `SELECT commune, village, household, lat, lon FROM point WHERE commune = ? ORDER BY village, household`, commune)
}

func (t *tx) VillagePoints() ([]campaign.Point, error) {
	return collect(t.q, scanPoint, `SELECT commune, village, household, lat, lon FROM point WHERE household = '' ORDER BY commune, village`)
}

func scanPoint(r *sql.Rows) (p campaign.Point, err error) {
	return p, r.Scan(&p.Commune, &p.Village, &p.Household, &p.Lat, &p.Lon)
}
