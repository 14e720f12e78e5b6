# What people type. Needs Go 1.26, git, make and Node.js 20 with npm; `make race`
# and `make skf`, `make skf-host` also need a C compiler. GNU make and a POSIX sh.

FUZZTIME ?= 5s
LANES    ?= 2
DEMO     ?= build/demo

# Rooms where goroutines can meet. The formats but ofd are single-threaded: the
# race detector has nothing to find there and slows them tenfold.
RACE ?= ./internal/durable/... ./internal/token/... ./internal/skfabi/... ./internal/hsm/... \
	./internal/store/... ./internal/ca/... ./internal/kmc/... ./internal/enrol/... ./internal/seals/... \
	./internal/trust/... ./internal/format/ofd/... ./internal/sign/... ./internal/verify/... \
	./internal/keyring/... ./internal/systems/... ./internal/login/... ./internal/agent/...

LINT_VERSION = v2.12.2
LINT_DIR     = $${XDG_CACHE_HOME:-$$HOME/.cache}/xinzhang/golangci-lint-$(LINT_VERSION)

FONTS    = internal/sealfont/fonts
PACKAGES = web/node_modules/@fontsource
HAND     = 107 112 115 116 117 118 119# the files of the running script with the common characters

DIST  = internal/webui/dist
PAGES = $(shell find web/src web/public -type f) $(wildcard web/*.html web/*.json web/*.ts)

NPM = npm ci --no-audit --no-fund --loglevel=error

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

demo: build ## the whole job, and then a business system in the browser with the agent beside it; Ctrl+C ends it
	bin/xinzhang demo --dir $(DEMO)

demo-once: build ## the same without the browser: certificates, UKeys, a sealed document, a report
	bin/xinzhang demo --once --dir $(DEMO)

build: fonts web skf-host ## bin/xinzhang, bin/xinzhang-agent with its pages; the host of SKF libraries where there is a C compiler
	go build -trimpath -o bin/ ./cmd/xinzhang
	CGO_ENABLED=0 go build -trimpath -o bin/ ./cmd/xinzhang-agent

test: fonts interop web sdk browser ## go vet and every test
	cd web && npm run --silent test
	go vet ./...
	go test -timeout 20m $$(go list ./... | grep -v /test/browser)
	go test -timeout 40m ./test/browser

race: fonts ## the tests of the rooms that share state, under the race detector
	go test -race -timeout 20m $(RACE)

fuzz: ## every fuzz target for FUZZTIME (default 5s), LANES (default 2) side by side
	go run ./test/fuzz -time $(FUZZTIME) -lanes $(LANES)

soak: fonts interop ## the long proofs: hundreds of kills, 10 minutes of fuzzing a target; kept in docs/proofs
	sh test/soak.sh

bench: fonts web sdk browser ## what we cost against the floor of the machine; figures in docs/benchmarks.md
	go test -run '^$$' -bench . -benchtime 15x ./test/speed
	go test -run '^$$' -bench . -benchtime 1x ./test/browser

lint: ## golangci-lint with the import walls of .golangci.yml
	@test -x $(LINT_DIR)/golangci-lint || { \
		echo "building golangci-lint $(LINT_VERSION), once, about two minutes"; \
		GOBIN=$(LINT_DIR) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION); }
	$(LINT_DIR)/golangci-lint run ./...

cross: ## cgo-free programs for every platform we promise, in build/cross
	@set -e; for p in linux/amd64 linux/arm64 linux/loong64 windows/amd64; do \
		echo "build for $$p"; \
		CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} \
			go build -trimpath -o "build/cross/$${p%/*}-$${p#*/}/" ./cmd/xinzhang ./cmd/xinzhang-agent; \
	done

skf: ## the SKF library of our UKeys (GM/T 0016) for C programs, in build/skf; needs a C compiler
	$(call skflib,$$(go env GOOS)/$$(go env GOARCH),$${CC:-$$(go env CC)})

skf-cross: ## the same for every platform whose C compiler is installed
	$(call skflib,linux/amd64,x86_64-linux-gnu-gcc)
	$(call skflib,linux/arm64,aarch64-linux-gnu-gcc)
	$(call skflib,windows/amd64,x86_64-w64-mingw32-gcc)

# skflib PLATFORM COMPILER. SKF_TAGS=skf_wide,skf_natural gives other layouts of
# structures, see cmd/skf/skf.h. The header that Go writes beside is not for people.
SKF_TAGS ?=
define skflib
@set -e; p=$(1); cc=$(2); case $$p in windows/*) lib=xinzhang_skf.dll;; *) lib=libxinzhang_skf.so;; esac; \
	command -v "$$cc" >/dev/null || { echo "skf for $$p: $$cc is absent"; exit 0; }; \
	dir="build/skf/$${p%/*}-$${p#*/}"; echo "build $$dir/$$lib"; \
	CGO_ENABLED=1 GOOS=$${p%/*} GOARCH=$${p#*/} CC="$$cc" \
		go build -trimpath -ldflags='-s -w' -tags "$(SKF_TAGS)" -buildmode=c-shared -o "$$dir/$$lib" ./cmd/skf; \
	rm -f "$$dir/$${lib%.*}.h"; cp cmd/skf/skf.h "$$dir/"
endef

skfchaos: ## the misbehaving SKF library for tests, every layout and variant, in build/skfchaos; needs cc and libssl-dev
	$(call chaoslib,u32-pack1,-DULONG_BYTES=4)
	$(call chaoslib,u32-natural,-DULONG_BYTES=4 -DNATURAL)
	$(call chaoslib,u64-pack1,-DULONG_BYTES=8)
	$(call chaoslib,u64-natural,-DULONG_BYTES=8 -DNATURAL)
	$(call chaoslib,misspelt,-DMISSPELT)
	$(call chaoslib,draft2010,-DDRAFT2010)
	$(call chaoslib,minimal,-Wl$(comma)--version-script=test/skfchaos/lib/minimal.map)

# chaoslib FOLDER FLAGS
comma := ,
define chaoslib
@mkdir -p build/skfchaos/$(1); echo "build build/skfchaos/$(1)/libskfchaos.so"; \
	cc -std=gnu11 -Wall -Wextra -Werror -O1 -g -fPIC -shared -fvisibility=hidden $(2) \
		-o build/skfchaos/$(1)/libskfchaos.so test/skfchaos/lib/*.c -lcrypto -lpthread -ldl
endef

skf-host: ## the process that loads libraries of vendors, in bin beside xinzhang; needs a C compiler
	$(call skfhost,$$(go env GOOS)/$$(go env GOARCH),$${CC:-$$(go env CC)},bin,)

skf-host-cross: ## the same for every platform whose C compiler is installed, in build/cross
	$(call skfhost,linux/amd64,x86_64-linux-gnu-gcc,build/cross/linux-amd64,)
	$(call skfhost,linux/arm64,aarch64-linux-gnu-gcc,build/cross/linux-arm64,)
	$(call skfhost,windows/amd64,x86_64-w64-mingw32-gcc,build/cross/windows-amd64,)
	$(call skfhost,windows/386,i686-w64-mingw32-gcc,build/cross/windows-amd64,32)

# skfhost PLATFORM COMPILER FOLDER SUFFIX. The one of 32 bits stands beside that of
# 64: libraries of either width are found on one Windows.
define skfhost
@set -e; p=$(1); cc=$(2); case $$p in windows/*) sys=system_windows.c; exe=.exe; libs=;; *) sys=system_posix.c; exe=; libs="-ldl -lpthread";; esac; \
	command -v "$$cc" >/dev/null || { echo "skf-host for $$p: $$cc is absent"; exit 0; }; \
	mkdir -p "$(3)"; echo "build $(3)/xinzhang-skf-host$(4)$$exe"; cd cmd/xinzhang-skf-host; \
	"$$cc" -std=gnu11 -Wall -Wextra -Werror -O2 -s -fstack-protector-strong -o "../../$(3)/xinzhang-skf-host$(4)$$exe" host.c call.c $$sys $$libs
endef

generate: web/node_modules/.package-lock.json ## what is made from tables: codes, docs/errors.md, the types of the pages
	go generate ./...
	cd web && npm run --silent generate

web: $(DIST)/demo.html ## the pages of the agent, in internal/webui/dist

$(DIST)/demo.html: web/node_modules/.package-lock.json web/sdk/dist/xinzhang.mjs $(PAGES)
	cd web && npm run --silent build

web/sdk/dist/xinzhang.mjs: web/sdk/node_modules/.package-lock.json $(wildcard web/sdk/src/*.ts)
	cd web/sdk && npm run --silent build

sdk: web/sdk/node_modules/.package-lock.json ## the page SDK in web/sdk/dist, checked and tested; says how large it is
	cd web/sdk && npm run --silent build && npm run --silent test

fonts: internal/sealfont/fonts/hand/LICENSE ## the Chinese fonts of seal pictures, from npm

interop: test/interop/node/node_modules/.package-lock.json ## the npm judges of test/interop

browser: test/browser/node_modules/.package-lock.json ## what drives browsers in test/browser, and Chromium 109

# The LICENSE is copied last: it stands only beside a whole set of fonts.
internal/sealfont/fonts/hand/LICENSE: web/node_modules/.package-lock.json
	mkdir -p $(FONTS)/song $(FONTS)/hand
	cp $(PACKAGES)/noto-serif-sc/LICENSE $(PACKAGES)/noto-serif-sc/files/noto-serif-sc-[0-9]*-700-normal.woff $(FONTS)/song/
	for n in $(HAND); do cp $(PACKAGES)/long-cang/files/long-cang-$$n-400-normal.woff $(FONTS)/hand/ || exit 1; done
	cp $(PACKAGES)/long-cang/LICENSE $(FONTS)/hand/LICENSE

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && $(NPM)

test/interop/node/node_modules/.package-lock.json: test/interop/node/package-lock.json
	cd test/interop/node && $(NPM)

web/sdk/node_modules/.package-lock.json: web/sdk/package-lock.json
	cd web/sdk && $(NPM)

test/browser/node_modules/.package-lock.json: test/browser/package-lock.json
	cd test/browser && $(NPM) --ignore-scripts

clean: ## remove what was built; certificates and UKeys of XINZHANG_HOME are never touched
	rm -rf bin build web/node_modules web/sdk/node_modules web/sdk/dist test/interop/node/node_modules \
		test/browser/node_modules $(FONTS)/song $(FONTS)/hand $(DIST)/*.* $(DIST)/assets

.PHONY: help demo demo-once build test race fuzz soak bench lint cross skf skf-cross skf-host skf-host-cross skfchaos \
	generate web sdk fonts interop browser clean
