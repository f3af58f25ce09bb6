package web

import (
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"caunoi/journal"
	"caunoi/messages"
	"caunoi/store"
)

// Problem is an error answer (RFC 9457). Code is stable and Params fill its
// message; Detail is that message in the caller's language.
type Problem struct {
	Type   string         `json:"type"`
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Detail string         `json:"detail"`
	Code   string         `json:"code"`
	Params map[string]any `json:"params,omitempty"`
}

// ofHuma makes a Problem of what huma finds wrong with a request before a
// handler sees it. It tells where, not what was sent.
func ofHuma(status int, _ string, errs ...error) huma.StatusError {
	r := &journal.Refusal{Code: "request.invalid", Params: map[string]any{"where": "", "field": ""}}
	for _, err := range errs {
		var d *huma.ErrorDetail
		if errors.As(err, &d) {
			r.Params["where"], r.Params["field"] = d.Location, fieldAt(d.Location)
			break
		}
	}
	switch {
	case status == http.StatusRequestEntityTooLarge:
		r = &journal.Refusal{Code: "body.too_large"}
	case status == http.StatusBadRequest && r.Params["where"] == "body", status == http.StatusUnsupportedMediaType:
		r = &journal.Refusal{Code: "body.malformed", Params: r.Params}
	case status >= http.StatusInternalServerError:
		r = &journal.Refusal{Code: "internal"}
	}
	p := problemFor(r, "vi")
	p.Status, p.Title = status, http.StatusText(status)
	return p
}

var index = regexp.MustCompile(`\[\d+\]`)

// fieldAt is the field at a place in a request, as far as there are words for
// it: of body.series.to it is series.to rather than to, where both have some.
func fieldAt(where string) string {
	p, err := messages.For(messages.Languages[0])
	if err != nil {
		return ""
	}
	where = index.ReplaceAllString(where, "")
	for known := true; known; _, where, known = strings.Cut(where, ".") {
		if p.Has("refusal.field." + where) {
			return where
		}
	}
	return ""
}

// translate says a problem in the caller's language.
func translate(ctx huma.Context, _ string, v any) (any, error) {
	if p, ok := v.(*Problem); ok {
		p.Detail = words(language(ctx.Header("Accept-Language")), &journal.Refusal{Code: p.Code, Params: p.Params})
	}
	return v, nil
}

func (p *Problem) Error() string             { return p.Detail }
func (p *Problem) GetStatus() int            { return p.Status }
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statuses maps codes to HTTP status, by the code or by its first part; what
// is not here is 422, a wish that cannot be met as it stands.
var statuses = map[string]int{
	"session": http.StatusUnauthorized, "session.stepup": http.StatusForbidden, "link": http.StatusUnauthorized,
	"signin": http.StatusTooManyRequests, "signin.wrong": http.StatusUnauthorized,
	"link.used": http.StatusGone, "link.expired": http.StatusGone,
	"device.revoked": http.StatusUnauthorized, "device.leaving": http.StatusForbidden, "device.lost": http.StatusForbidden,
	"device.none": http.StatusForbidden, "user.exists": http.StatusConflict, "user.unknown": http.StatusNotFound,
	"quarantine.full": http.StatusTooManyRequests, "stream.many": http.StatusTooManyRequests, "user.disabled": http.StatusForbidden,
	"right": http.StatusForbidden, "not_found": http.StatusNotFound,
	"body.too_large": http.StatusRequestEntityTooLarge, "body.malformed": http.StatusBadRequest,
	"method":  http.StatusMethodNotAllowed,
	"request": http.StatusUnprocessableEntity, "request.other_site": http.StatusForbidden, "request.pace": http.StatusTooManyRequests,
	"batch": http.StatusUnprocessableEntity, "cursor": http.StatusBadRequest,
	"store.full": http.StatusInsufficientStorage, "store.readonly": http.StatusServiceUnavailable,
	"import": http.StatusConflict, "import.busy": http.StatusTooManyRequests, "import.gone": http.StatusGone,
	"attachment.unknown": http.StatusNotFound, "attachment.offset": http.StatusConflict, "attachment.gone": http.StatusGone,
	"approval": http.StatusConflict, "planning.changed": http.StatusConflict, "talk.said": http.StatusConflict, "talk.newer": http.StatusConflict, "talk.not_yours": http.StatusForbidden, "approval.own": http.StatusForbidden, "approval.reason": http.StatusUnprocessableEntity,
	"sync.busy": http.StatusServiceUnavailable,
	"internal":  http.StatusInternalServerError,
}

func problemOf(err error, lang string) *Problem {
	var r *journal.Refusal
	switch {
	case errors.As(err, &r):
	case errors.Is(err, store.ErrFull):
		r = &journal.Refusal{Code: "store.full"}
	case errors.Is(err, store.ErrReadOnly):
		r = &journal.Refusal{Code: "store.readonly"}
	default:
		r = &journal.Refusal{Code: "internal"}
	}
	return problemFor(r, lang)
}

func problemFor(r *journal.Refusal, lang string) *Problem {
	status, ok := statuses[r.Code]
	if !ok {
		family, _, _ := strings.Cut(r.Code, ".")
		if status, ok = statuses[family]; !ok {
			status = http.StatusUnprocessableEntity
		}
	}
	return &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Detail: words(lang, r), Code: r.Code, Params: r.Params,
	}
}

// words says a refusal in a language of [language].
func words(lang string, r *journal.Refusal) string {
	p, err := messages.For(lang)
	if err != nil {
		return r.Error()
	}
	return p.Refusal(r)
}

// problem maps an error of a handler, and logs what is our own fault.
func (s *Server) problem(op huma.Operation, err error, lang string) error {
	p := problemOf(err, lang)
	if seconds, ok := p.Params["seconds"].(int); ok && p.Code == "sync.busy" {
		return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {strconv.Itoa(seconds)}})
	}
	if p.Status >= 500 {
		s.Log.Error("request failed", "op", op.OperationID, "err", err)
	}
	return p
}

// refuse answers where no handler of the API does.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	writeProblem(w, problemOf(err, language(r.Header.Get("Accept-Language"))))
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.MarshalWrite(w, p)
}
