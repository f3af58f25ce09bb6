package web

import (
	"context"
	"encoding/json"
	"time"

	"caunoi/access"
	"caunoi/store"
)

func (s *Server) helpRoutes() {
	op := operation("POST", "/api/v1/help", "Tell how the calling phone stands, to be helped with it", "devices")
	op.Description = "Shown to those who manage the phone's user, in the place of what it told before. It names nobody that records are about: there is room for counts, codes and instants alone."
	register(s, access.Contact, namesNobody, op, s.help)
}

// phoneState is how a phone stands. Nothing in it can tell of a person: texts
// are codes, names of a program or a language.
type phoneState struct {
	App       string          `json:"app" maxLength:"40" pattern:"^[A-Za-z0-9_.-]*$" doc:"the build of the app"`
	Reached   *time.Time      `json:"reached,omitempty" doc:"when the server last answered, by the phone's clock"`
	Signal    string          `json:"signal" enum:"idle,sending,unreached,busy,barred"`
	Epoch     string          `json:"epoch" maxLength:"64" pattern:"^[A-Za-z0-9-]*$"`
	Records   recordsState    `json:"records"`
	Refused   []refusedRecord `json:"refused" nullable:"false" maxItems:"50" doc:"why records came back"`
	Used      int64           `json:"used" minimum:"0" doc:"bytes that the browser keeps for the app, about"`
	Room      int64           `json:"room" minimum:"0" doc:"bytes that it would keep"`
	Lasting   bool            `json:"lasting" doc:"the browser promised not to empty the storage"`
	OffsetMS  *int64          `json:"offset_ms,omitempty" doc:"the server's clock less the phone's, about"`
	Browser   string          `json:"browser" maxLength:"60" pattern:"^[A-Za-z0-9 .,/()_-]*$" doc:"its name and version, and the system's"`
	Language  string          `json:"language" enum:"vi,en,bn"`
	Installed bool            `json:"installed" doc:"opened from the home screen"`
	Offline   bool            `json:"offline" doc:"everything is there for use without network"`
}

type recordsState struct {
	Waiting  int `json:"waiting" minimum:"0"`
	Sent     int `json:"sent" minimum:"0"`
	Refused  int `json:"refused" minimum:"0"`
	Conflict int `json:"conflict" minimum:"0"`
	Apart    int `json:"apart" minimum:"0"`
	Mended   int `json:"mended" minimum:"0"`
	Held     int `json:"held,omitempty" minimum:"0" doc:"on the server without effect, until what they name is there"`
	Aside    int `json:"aside,omitempty" minimum:"0" doc:"set aside by the worker"`
}

type refusedRecord struct {
	Code string `json:"code" maxLength:"60" pattern:"^[a-z_.]+$"`
	N    int    `json:"n" minimum:"1"`
}

type helpInput struct {
	Body phoneState
}

func (s *Server) help(ctx context.Context, c Caller, in *helpInput) (*nothing, error) {
	if err := phoneOf(c); err != nil {
		return nil, err
	}
	state, err := json.Marshal(in.Body)
	if err != nil {
		return nil, err
	}
	return nil, s.Store.Update(ctx, func(tx store.Tx) error { return access.AskHelp(tx, c.Actor, state, s.Now()) })
}

// helpAsked is what a phone told.
type helpAsked struct {
	At    time.Time  `json:"at"`
	State phoneState `json:"state"`
}

func viewHelp(d access.Device) (*helpAsked, error) {
	if d.Help == nil {
		return nil, nil
	}
	v := &helpAsked{At: d.HelpAt}
	return v, json.Unmarshal(d.Help, &v.State)
}
