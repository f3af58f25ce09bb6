package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"caunoi/access"
	"caunoi/fieldsync"
	"caunoi/policy/national"
	"caunoi/store"
	"caunoi/ui"
	"caunoi/web"
)

// App is a running Caunoi: a store with a server in front of it.
type App struct {
	Store  store.Store
	Intake *fieldsync.Intake
	Access access.Config

	web    *web.Server
	http   *http.Server
	listen net.Listener
	served chan error
}

// NewApp puts a server in front of a store. It answers nothing before Start.
func NewApp(s store.Store, cfg access.Config, log io.Writer, proxies ...netip.Prefix) *App {
	a := &App{Store: s, Intake: newIntake(s), Access: cfg, served: make(chan error, 1)}
	_, file := national.File()
	a.web = web.New(web.Config{
		Store: s, Intake: a.Intake, Access: cfg, Desk: ui.Desk(), Now: time.Now, Proxies: proxies, Pace: web.Pace{PerSecond: 2, Burst: 1000},
		Policy: national.Parameters(), Calculator: web.Calculator{Files: ui.Public(), Engine: ui.Engine(), Parameters: []string{file}},
		Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	a.http = &http.Server{
		Handler: a.web.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	return a
}

// Start listens on an address, HOST:PORT; port 0 takes a free one.
func (a *App) Start(addr string) (err error) {
	if a.listen, err = net.Listen("tcp", addr); err != nil {
		return spoken("cli.listen", "addr", addr, "why", err)
	}
	if a.web.PublicURL == "" {
		_, port, _ := net.SplitHostPort(a.listen.Addr().String())
		a.web.PublicURL = "http://localhost:" + port
	}
	go func() { a.served <- a.http.Serve(a.listen) }()
	return nil
}

// URL is where the app answers.
func (a *App) URL() string { return "http://" + a.listen.Addr().String() }

// Wait serves until ctx is done, then lets requests end and returns.
func (a *App) Wait(ctx context.Context) error {
	select {
	case err := <-a.served:
		return err
	case <-ctx.Done():
	}
	a.web.Stop()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := a.http.Shutdown(ctx)
	if served := <-a.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
