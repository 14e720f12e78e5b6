/* The loop: a frame in, a frame out. */
#include "host.h"

#include <stdlib.h>
#include <string.h>

void wipe(void *at, size_t n)
{
	volatile uint8_t *p = at; /* volatile: or the compiler leaves it out */
	while (n-- > 0)
		*p++ = 0;
}

void put(struct buffer *b, const void *data, size_t n)
{
	if (b->cap - b->len < n) {
		size_t cap = 2 * b->cap + n;
		uint8_t *bigger = malloc(cap);
		if (bigger == NULL)
			leave(NO_MEMORY);
		if (b->len > 0)
			memcpy(bigger, b->at, b->len);
		wipe(b->at, b->len);
		free(b->at);
		b->at = bigger;
		b->cap = cap;
	}
	if (n > 0)
		memcpy(b->at + b->len, data, n);
	b->len += n;
}

void put_number(struct buffer *b, uint64_t v, int octets)
{
	uint8_t le[8];
	for (int i = 0; i < 8; i++)
		le[i] = (uint8_t)(v >> (8 * i));
	put(b, le, (size_t)octets);
}

const uint8_t *take(struct reader *r, size_t n)
{
	const uint8_t *at = r->at;
	if ((size_t)(r->end - r->at) < n)
		leave(BAD_FRAME);
	r->at += n;
	return at;
}

uint64_t take_number(struct reader *r, int octets)
{
	const uint8_t *at = take(r, (size_t)octets);
	uint64_t v = 0;
	for (int i = octets; i-- > 0;)
		v = v << 8 | at[i];
	return v;
}

static void rest(struct reader *request, char *text, size_t size)
{
	size_t n = (size_t)(request->end - request->at);
	if (n >= size)
		leave(BAD_FRAME);
	memcpy(text, take(request, n), n);
	text[n] = 0;
}

static void load(struct reader *request, struct buffer *out)
{
	char path[4096], reason[512] = "";
	rest(request, path, sizeof path);
	put_number(out, load_library(path, reason, sizeof reason) == 0 ? DONE : NOT_LOADED, 1);
	put(out, reason, strlen(reason));
}

static void ask(struct reader *request, struct buffer *out)
{
	char name[256];
	rest(request, name, sizeof name);
	put_number(out, find_symbol(name) != NULL ? DONE : NO_SYMBOL, 1);
}

static void answer(struct buffer *out)
{
	if (out->len > MAX_FRAME)
		leave(BAD_FRAME);
	uint8_t *at = out->at;
	size_t n = out->len - 4;
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(n >> (8 * i));
	if (write_pipe(at, out->len) != 0)
		leave(0);
	wipe(out->at, out->len);
	out->len = 0;
}

int main(void)
{
	struct buffer in = {0}, out = {0};
	guard_pipes();
	const uint8_t hello[] = {0, 0, 0, 0, 'X', 'S', VERSION, sizeof(void *)};
	put(&out, hello, sizeof hello);
	answer(&out);
	for (;;) {
		uint8_t head[4];
		if (read_pipe(head, sizeof head) != 0)
			leave(0);
		size_t n = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
		if (n == 0 || n > MAX_FRAME)
			leave(BAD_FRAME);
		if (in.cap < n) {
			free(in.at); /* wiped after the call before */
			if ((in.at = malloc(n)) == NULL)
				leave(NO_MEMORY);
			in.cap = n;
		}
		if (read_pipe(in.at, n) != 0)
			leave(0);
		struct reader request = {in.at, in.at + n};
		put(&out, "\0\0\0\0", 4); /* the length, filled in by answer */
		switch (take_number(&request, 1)) {
		case 'L':
			load(&request, &out);
			break;
		case 'Q':
			ask(&request, &out);
			break;
		case 'C':
			make_call(&request, &out);
			break;
		default:
			leave(BAD_FRAME);
		}
		wipe(in.at, n);
		answer(&out);
	}
}
