# Caunoi. `make` explains itself; CONTRIBUTING.md says more.

SHELL := /bin/bash
.DEFAULT_GOAL := help
export CGO_ENABLED := 0
# So that what is built for one is built for all: the program, its tests, the linters.
export GOFLAGS := $(GOFLAGS) -trimpath
GO ?= go
UI_SOURCES := $(shell find ui messages -name node_modules -prune -o -name dist -prune -o -type f -print 2>/dev/null)
GO_SOURCES := $(shell find . -name node_modules -prune -o \( -name '*.go' -o -name '*.sql' -o -name '*.json' -o -name '*.csv' -o -name '*.mjs' \) -print 2>/dev/null) go.mod go.sum
DEMO_DATA ?= demo-data
ADDR ?= 127.0.0.1:8080

help: ## What there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: bin/caunoi ## Load the synthetic Lào Cai festival and serve it on http://127.0.0.1:8080
	@bin/caunoi demo --data $(DEMO_DATA) --addr $(ADDR)

build: bin/caunoi ## Build the UI and the binary, bin/caunoi

bin/caunoi: ui/dist/desk/index.html ui/dist/policy.wasm $(GO_SOURCES)
	$(GO) build -ldflags="-s -w" -o bin/caunoi ./cmd/caunoi

ui/node_modules/.installed: ui/package-lock.json
	cd ui && npm ci --no-audit --no-fund --loglevel=error
	touch $@

ui/dist/desk/index.html: ui/node_modules/.installed $(UI_SOURCES)
	cd ui && npm run build
	touch $@

test: ## Everything that a change must pass; installs what is missing
	@./test.sh

lint: lint-go lint-ui ## Formatting, vet, staticcheck; the UI's types and style

lint-go: ui/dist/desk/index.html
	@out="$$($(GO) tool gofumpt -l $$(git ls-files '*.go'))"; test -z "$$out" || { echo "not formatted (run make format): $$out"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

lint-ui: ui/node_modules/.installed
	cd ui && npm run check && npm run lint

format: ui/node_modules/.installed ## Put all sources into their form
	$(GO) tool gofumpt -w $$(git ls-files '*.go')
	cd ui && npx prettier --write --log-level warn .

openapi: ui/dist/desk/index.html ## Write web/openapi.json anew from the code, and the UI's types from it
	$(GO) test ./web -run TestOpenAPI -update
	cd ui && npm run openapi

traces: bin/caunoi ## Write the traces anew by which the Go model of the phone is held to the phone
	@tmp="$$(mktemp -d)" && cd ui && export FIELD_TRACES="$$tmp" CAUNOI_BIN="$$PWD/../bin/caunoi" && \
		FIELD_SEEDS=16 npx vitest run field/sync/courier.test.ts && \
		FIELD_SEEDS=1 npx vitest run --config vitest.e2e.config.ts e2e/courier.test.ts && \
		cp "$$tmp"/{model-8,model-14,model-16,server-1}.jsonl ../fieldsync/phonesim/testdata/ && rm -r "$$tmp"

soak: bin/caunoi ## The long forms of the property tests, with PostgreSQL
	./test.sh soak

bench: bin/caunoi ui/dist/policy.wasm ## What is timed
	bin/caunoi bench push --data "$$(mktemp -d)"
	$(GO) test ./policy -run '^$$' -bench .
	@yes '{"quote":"voluntary-si","on":"2025-11-20","income":1500000,"group":"poor","pay":"monthly"}' | head -n 50000 | \
		node policy/wasm/batch.mjs --bench ui/dist/policy.wasm policy/national/parameters.json
	cd ui && CAUNOI_BIN="$$PWD/../bin/caunoi" npm run --silent bench

ui/dist/policy.wasm: $(GO_SOURCES)
	@mkdir -p ui/dist
	GOOS=wasip1 GOARCH=wasm $(GO) build -buildmode=c-shared -ldflags="-s -w" -o $@ ./policy/wasm
	@node -e 'const z=require("zlib"),f=require("fs"),b=f.readFileSync("$@");f.writeFileSync("$@.br",z.brotliCompressSync(b));f.writeFileSync("$@.gz",z.gzipSync(b,{level:9}))'

size: ui/dist/policy.wasm ui/dist/desk/index.html ## What a phone loads, with brotli, beside its budget
	@node ui/size.mjs

clean: ## Remove what was built; the demo's data stays
	rm -rf bin ui/dist/desk ui/dist/public ui/dist/field ui/dist/policy.wasm* ui/node_modules

.PHONY: help demo build test lint lint-go lint-ui format openapi traces soak bench size clean
