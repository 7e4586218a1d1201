# The two commands of the README, and the longer ones behind them.
.PHONY: run test build pieces soak planted bench check

run:    ; @scripts/run
test:   ; @scripts/test
build:  ; @scripts/build
pieces: ; @scripts/pieces
soak:   ; @scripts/soak && scripts/planted
planted: ; @scripts/planted
bench:  ; @scripts/bench
check:  ; @scripts/check
