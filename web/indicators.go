package web

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/store"
	"caunoi/tally"
)

func (s *Server) indicatorRoutes() {
	const tag = "figures"
	register(s, access.ViewBoard, namesNobody, operation("GET", "/api/v1/indicators", "What is counted, and what the caller's province says of it", tag), s.indicators)
	register(s, access.SetPolicy, recordsItself, operation("PUT", "/api/v1/indicators/{indicator}", "Say something of an indicator; what is counted stays as it is", tag), s.sayOfIndicator)
}

type indicatorView struct {
	Indicator tally.Indicator `json:"indicator"`
	tally.Definition
	Parts       []tally.Indicator `json:"parts" nullable:"false" doc:"of which it is the sum; none if it is counted itself"`
	Campaigners bool              `json:"campaigners" doc:"it is credited to whoever recorded it, too"`
	Note        campaign.Name     `json:"note" doc:"what the province says of it, by language"`
}

type indicatorsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Indicators []indicatorView `json:"indicators" nullable:"false"`
		May        bool            `json:"may" doc:"the caller may say something of them"`
	}
}

func noteSetting(province string, i tally.Indicator) string {
	return "indicator/" + province + "/" + string(i)
}

func (s *Server) indicators(ctx context.Context, c Caller, _ *struct{}) (*indicatorsOutput, error) {
	out := &indicatorsOutput{CacheControl: "no-store"}
	out.Body.Indicators = []indicatorView{}
	err := s.view(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		province := provinceOf(c, plan)
		out.Body.May = province != "" && access.May(c.Actor, access.SetPolicy, province, plan) == nil
		for _, i := range tally.Shown() {
			v := indicatorView{Indicator: i, Definition: i.Definition(), Parts: []tally.Indicator{}, Campaigners: i.OfCampaigners(), Note: campaign.Name{}}
			if parts := i.Parts(); len(parts) > 1 {
				v.Parts = parts
			}
			text, err := tx.Setting(noteSetting(province, i))
			if err == nil && text != "" {
				err = json.Unmarshal([]byte(text), &v.Note)
			}
			if err != nil {
				return err
			}
			out.Body.Indicators = append(out.Body.Indicators, v)
		}
		return nil
	})
	return out, err
}

// provinceOf is the caller's province; that of an administrator of none is the
// only one there is, else empty.
func provinceOf(c Caller, plan *campaign.Plan) string {
	if id := access.ProvinceOf(c.Office, plan); id != "" {
		return id
	}
	var all []string
	for id, o := range plan.Offices {
		if o.Kind == campaign.Province && access.May(c.Actor, access.ViewBoard, id, plan) == nil {
			all = append(all, id)
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return ""
}

// mostNote is how long what a province says of an indicator may be, in characters
// of one language.
const mostNote = 1000

type sayOfIndicatorInput struct {
	Indicator string `path:"indicator" maxLength:"100"`
	Body      struct {
		Note campaign.Name `json:"note" doc:"by language; what is empty is taken away"`
	}
}

func (s *Server) sayOfIndicator(ctx context.Context, c Caller, in *sayOfIndicatorInput) (*nothing, error) {
	i := tally.Indicator(in.Indicator)
	note := campaign.Name{}
	for lang, text := range in.Body.Note {
		text = strings.TrimSpace(text)
		switch {
		case !slices.Contains([]string{"vi", "en", "bn"}, lang):
			return nil, journal.Refuse("indicator.language", "language", lang)
		case utf8.RuneCountInString(text) > mostNote:
			return nil, journal.Refuse("indicator.too_long", "most", mostNote)
		case text != "":
			note[lang] = text
		}
	}
	return nil, s.act(ctx, func(tx store.Tx, plan *campaign.Plan) error {
		province := provinceOf(c, plan)
		if err := access.May(c.Actor, access.SetPolicy, province, plan); err != nil {
			return err
		}
		if !i.Known() || province == "" {
			return notFound(in.Indicator)
		}
		text := ""
		if len(note) > 0 {
			b, err := json.Marshal(note, json.Deterministic(true))
			if err != nil {
				return err
			}
			text = string(b)
		}
		if err := tx.PutSetting(noteSetting(province, i), text); err != nil {
			return err
		}
		return audit.Append(tx, s.Now(), audit.Event{
			Act: "setting.changed", Actor: c.ID, Device: c.Device, Office: province, Subject: "indicator:" + in.Indicator,
			Details: map[string]string{"set": text},
		})
	})
}
