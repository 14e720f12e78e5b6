/* One call: arguments from a frame into memory and registers, and back. */
#include "host.h"

#include <stdlib.h>
#include <string.h>

#if defined(_WIN32) && !defined(_WIN64)
#define CONVENTION __stdcall /* 32-bit Windows: the function takes its arguments off the stack */
#else
#define CONVENTION
#endif

typedef uintptr_t W;

/* BLOCKCIPHERPARAM by value: how it travels depends on its size and on the
 * system, and on nothing else; its ULONG has 4 octets or 8. */
typedef struct {
	uint32_t words[11];
} narrow;
typedef struct {
	uint64_t words[7];
} wide;

struct argument {
	int kind;
	W word;
	uint8_t *memory;
	size_t len;  /* that the caller knows of */
	size_t room; /* with the guard */
};

static void *room_for(struct argument *a, size_t len, size_t guard)
{
	a->len = len;
	a->room = len + guard;
	a->memory = malloc(a->room > 0 ? a->room : 1);
	if (a->memory == NULL)
		leave(NO_MEMORY);
	a->word = (W)a->memory;
	return a->memory;
}

static void read_argument(struct reader *r, struct argument *a)
{
	uint64_t slot;
	size_t n;
	a->kind = (int)take_number(r, 1);
	switch (a->kind) {
	case 'w':
		a->word = (W)take_number(r, 8);
		break;
	case 'i':
	case 'v':
		n = (size_t)take_number(r, 4);
		const uint8_t *octets = take(r, n); /* before there is room: n is no more than the frame */
		memcpy(room_for(a, n, 0), octets, n);
		break;
	case 'o':
		n = (size_t)take_number(r, 4);
		if (n > MAX_FRAME)
			leave(BAD_FRAME);
		memset(room_for(a, n, GUARD), FILL, n + GUARD);
		break;
	case 's':
		slot = take_number(r, 8);
		memcpy(room_for(a, sizeof slot, 0), &slot, sizeof slot);
		break;
	default:
		leave(BAD_FRAME);
	}
}

static void write_argument(struct buffer *out, const struct argument *a)
{
	uint64_t slot;
	size_t touched = a->room;
	switch (a->kind) {
	case 'o':
		while (touched > 0 && a->memory[touched - 1] == FILL)
			touched--;
		put_number(out, touched, 4);
		put(out, a->memory, touched);
		break;
	case 's':
		memcpy(&slot, a->memory, sizeof slot);
		put_number(out, slot, 8);
		break;
	}
}

/* A structure by value stands only behind a handle: SKF_EncryptInit and
 * SKF_DecryptInit. */
static W call_with_structure(void *f, W handle, const struct argument *a)
{
	narrow n;
	wide w;
	switch (a->len) {
	case sizeof n:
		memcpy(&n, a->memory, sizeof n);
		return ((W(CONVENTION *)(W, narrow))f)(handle, n);
	case sizeof w:
		memcpy(&w, a->memory, sizeof w);
		return ((W(CONVENTION *)(W, wide))f)(handle, w);
	}
	leave(BAD_FRAME);
}

static W call_with_words(void *f, size_t n, const struct argument *a)
{
#define A(i) a[i].word
	switch (n) {
	case 0:
		return ((W(CONVENTION *)(void))f)();
	case 1:
		return ((W(CONVENTION *)(W))f)(A(0));
	case 2:
		return ((W(CONVENTION *)(W, W))f)(A(0), A(1));
	case 3:
		return ((W(CONVENTION *)(W, W, W))f)(A(0), A(1), A(2));
	case 4:
		return ((W(CONVENTION *)(W, W, W, W))f)(A(0), A(1), A(2), A(3));
	case 5:
		return ((W(CONVENTION *)(W, W, W, W, W))f)(A(0), A(1), A(2), A(3), A(4));
	case 6:
		return ((W(CONVENTION *)(W, W, W, W, W, W))f)(A(0), A(1), A(2), A(3), A(4), A(5));
	case 7:
		return ((W(CONVENTION *)(W, W, W, W, W, W, W))f)(A(0), A(1), A(2), A(3), A(4), A(5), A(6));
	case 8:
		return ((W(CONVENTION *)(W, W, W, W, W, W, W, W))f)(A(0), A(1), A(2), A(3), A(4), A(5), A(6), A(7));
	case 9:
		return ((W(CONVENTION *)(W, W, W, W, W, W, W, W, W))f)(A(0), A(1), A(2), A(3), A(4), A(5), A(6), A(7), A(8));
	case 10:
		return ((W(CONVENTION *)(W, W, W, W, W, W, W, W, W, W))f)(A(0), A(1), A(2), A(3), A(4), A(5), A(6), A(7), A(8), A(9));
	}
#undef A
	leave(BAD_FRAME);
}

void make_call(struct reader *request, struct buffer *out)
{
	char name[256];
	size_t n = (size_t)take_number(request, 1);
	memcpy(name, take(request, n), n);
	name[n] = 0;
	size_t count = (size_t)take_number(request, 1);
	if (count > MAX_ARGS)
		leave(BAD_FRAME);
	struct argument a[MAX_ARGS] = {0};
	for (size_t i = 0; i < count; i++)
		read_argument(request, &a[i]);

	void *f = find_symbol(name);
	W result = 0;
	if (f != NULL && count == 2 && a[1].kind == 'v')
		result = call_with_structure(f, a[0].word, &a[1]);
	else if (f != NULL)
		result = call_with_words(f, count, a);
	put_number(out, f != NULL ? DONE : NO_SYMBOL, 1);
	put_number(out, result, 8);
	for (size_t i = 0; i < count; i++) {
		write_argument(out, &a[i]);
		if (a[i].memory != NULL) {
			wipe(a[i].memory, a[i].room);
			free(a[i].memory);
		}
	}
}
