/* The loop: a frame in, a frame out. */
#include "host.h"

#include <stdlib.h>
#include <string.h>

void wipe(void *at, size_t n)
{
	if (n > 0)
		memset(at, 0, n);
	__asm__ volatile("" : : "r"(at) : "memory"); /* or the compiler leaves it out */
}

/* grow makes room for cap octets; what it leaves is wiped. */
static void grow(struct buffer *b, size_t cap)
{
	if (b->cap >= cap)
		return;
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

void put(struct buffer *b, const void *data, size_t n)
{
	if (b->cap - b->len < n)
		grow(b, 2 * b->cap + n);
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

/* request reads until a whole frame is there. The other side sends one at a time:
 * what comes with it is no frame. */
static struct reader request(struct buffer *in)
{
	size_t want = 4;
	in->len = 0;
	while (in->len < want) {
		grow(in, want > READ_AHEAD ? want : READ_AHEAD);
		size_t got = read_pipe(in->at + in->len, in->cap - in->len);
		if (got == 0)
			leave(0);
		in->len += got;
		if (want == 4 && in->len >= 4) {
			struct reader head = {in->at, in->at + 4};
			size_t n = (size_t)take_number(&head, 4);
			if (n == 0 || n > MAX_FRAME)
				leave(BAD_FRAME);
			want += n;
		}
	}
	if (in->len > want)
		leave(BAD_FRAME);
	return (struct reader){in->at + 4, in->at + want};
}

int main(void)
{
	struct buffer in = {0}, out = {0};
	guard_pipes();
	const uint8_t hello[] = {0, 0, 0, 0, 'X', 'S', VERSION, sizeof(void *)};
	put(&out, hello, sizeof hello);
	answer(&out);
	for (;;) {
		struct reader r = request(&in);
		put(&out, "\0\0\0\0", 4); /* the length, filled in by answer */
		switch (take_number(&r, 1)) {
		case 'L':
			load(&r, &out);
			break;
		case 'Q':
			ask(&r, &out);
			break;
		case 'C':
			make_call(&r, &out);
			break;
		default:
			leave(BAD_FRAME);
		}
		wipe(in.at, in.len);
		answer(&out);
	}
}
