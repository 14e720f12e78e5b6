/*
 * xinzhang-skf-host loads one SKF library of a vendor and calls its functions for
 * another process, which may kill it at any time. It knows no function and no
 * structure: internal/token/skf says by name what to call, with which octets.
 *
 * Frames on stdin and stdout, numbers little-endian; a frame is its length (4)
 * and so many octets, at most MAX_FRAME:
 *
 *	hello    'X' 'S' version pointer-size
 *	load     'L' path in UTF-8                 answer: status, text of the reason
 *	ask      'Q' name                         answer: status, whether it is there
 *	call     'C' n(1) name, count(1), arguments
 *	         argument: 'w' word(8)             a number, a handle, NULL
 *	                   'i' n(4) octets         input
 *	                   'o' n(4)                output of n octets
 *	                   's' word(8)             8 octets that the function may change
 *	                   'v' n(4) octets         structure by value, 44 or 56 octets
 *	         answer: status, the register of the result(8), then for each 'o'
 *	         touched(4) octets and for each 's' word(8), in their order
 *
 * Outputs are filled with FILL before a call. touched is up to where the function
 * changed it, which may be in the guard that lies behind: more than n tells that
 * it wrote beyond. All memory of a call is overwritten afterwards: PINs pass here.
 *
 * The host ends when stdin is closed, also in the middle of a call.
 */
#ifndef XINZHANG_SKF_HOST_H
#define XINZHANG_SKF_HOST_H

#include <stddef.h>
#include <stdint.h>

#define VERSION 1
#define MAX_FRAME (4u << 20)
#define MAX_ARGS 10
#define FILL 0xA5
#define GUARD 4096u /* octets behind each output */

enum status { DONE = 0, NO_SYMBOL = 1, NOT_LOADED = 2 };
enum exit_status { BAD_FRAME = 3, NO_MEMORY = 4, NO_PIPE = 5 };

/* A buffer that grows; buffers that held secrets are wiped before they are freed. */
struct buffer {
	uint8_t *at;
	size_t len, cap;
};

void put(struct buffer *b, const void *data, size_t n);
void put_number(struct buffer *b, uint64_t v, int octets);
void wipe(void *at, size_t n);

/* A frame that is being read: what is missing ends the host. */
struct reader {
	const uint8_t *at, *end;
};

const uint8_t *take(struct reader *r, size_t n);
uint64_t take_number(struct reader *r, int octets);

/* call.c: makes one call; the answer is appended to out. */
void make_call(struct reader *request, struct buffer *out);

/* system_*.c: what differs between systems. */
void guard_pipes(void);                     /* stdout and stdin of the library are not ours */
int read_pipe(void *at, size_t n);          /* 0 when all n octets came */
int write_pipe(const void *at, size_t n);
int load_library(const char *path, char *reason, size_t size); /* 0 when loaded */
void *find_symbol(const char *name);
_Noreturn void leave(int status);           /* without destructors of the library */

#endif
