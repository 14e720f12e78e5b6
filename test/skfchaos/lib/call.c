/*
 * call.c: what every call goes through, and the three ways in which answers
 * leave: octets by the two-call protocol, structures, lists of names.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chaos.h"

/* call_begin takes the library for this call, after the faults that come before
   any work. When answer is set there is nothing more to do. */
struct call *call_begin(const char *function)
{
	struct call *c = calloc(1, sizeof *c);
	if (!c)
		abort();
	c->function = function;
	c->lock = -1;
	library_lock();
	aim(c);
	library_unlock();
	c->answer = misbehave(c, false);
	library_lock();
	return c;
}

ULONG call_end(struct call *c)
{
	if (c->device[0]) {
		if (c->changed && !save_token(c))
			c->answer = SAR_FILEERR;
		free_token(&c->token);
	}
	if (c->lock >= 0)
		close(c->lock);
	library_unlock();
	ULONG late = misbehave(c, true);
	ULONG answer = late ? late : c->answer;
	free(c);
	return answer;
}

/* lied is the length that is told instead of n. */
static ULONG lied(const struct call *c, size_t n, bool query)
{
	const char *lie = on(c, "lie-length");
	if (!lie)
		lie = on(c, query ? "lie-query" : "lie-answer");
	if (!lie)
		return (ULONG)n;
	if (!strcmp(lie, "huge"))
		return (ULONG)0x7FFFFFFF;
	if (!strcmp(lie, "max"))
		return (ULONG)-1;
	long by = number(lie, 64);
	return (ULONG)(*lie == '+' || *lie == '-' ? (long)n + by : by);
}

static void overrun(const struct call *c, void *out, size_t n)
{
	const char *by = on(c, "overrun");
	if (by)
		memset((uint8_t *)out + n, 0xCC, (size_t)number(by, 8));
}

/* put answers n octets: without out only their number, and BUFFER_TOO_SMALL when
   *len is less. */
ULONG put(struct call *c, const void *data, size_t n, void *out, ULONG *len)
{
	if (!len)
		return SAR_INVALIDPARAMERR;
	if (!out) {
		if (on(c, "no-query"))
			return SAR_INVALIDPARAMERR;
		*len = lied(c, n, true);
		return SAR_OK;
	}
	if (*len < n && !on(c, "ignore-length")) {
		*len = lied(c, n, true);
		return SAR_BUFFER_TOO_SMALL;
	}
	if (n)
		memcpy(out, data, n);
	overrun(c, out, on(c, "ignore-length") ? n : *len);
	if (!on(c, "silent-length"))
		*len = lied(c, n, false);
	return SAR_OK;
}

ULONG put_struct(struct call *c, const void *data, size_t n, void *out)
{
	if (!out)
		return SAR_INVALIDPARAMERR;
	memcpy(out, data, n);
	overrun(c, out, n);
	return SAR_OK;
}

/* an empty list has length 1 where lists end with an empty name; the field also
   knows 0 and 2. */
static size_t empty_list(const struct call *c)
{
	const char *form = on(c, "list-empty");
	return form ? (size_t)number(form, 0) : 1;
}

/* strange adds the names that no token should have. */
static size_t strange(const struct call *c, char *at)
{
	char *p = at;
	if (on(c, "list-gbk")) /* 测试 in GBK */
		p = memcpy(p, "\xB2\xE2\xCA\xD4", 5), p += 5;
	if (on(c, "list-junk"))
		p = memcpy(p, "\xFF\xFE\x01\x1B[31m\n../..\x7F", 16), p += 16;
	if (on(c, "list-long")) {
		memset(p, 'L', 2000);
		p[2000] = 0;
		p += 2001;
	}
	if (on(c, "list-many"))
		for (int i = 0; i < 10000; i++, p += 6) {
			memcpy(p, "N00000", 6);
			for (int k = 4, n = i; k > 0; k--, n /= 10)
				p[k] = (char)('0' + n % 10);
			p[5] = 0;
		}
	return (size_t)(p - at);
}

ULONG put_names(struct call *c, const char *const *names, size_t n, char *out, ULONG *len)
{
	size_t size = 70000;
	for (size_t i = 0; i < n; i++)
		size += strlen(names[i]) + 1;
	char *list = calloc(1, size), *p = list;
	if (!list)
		return SAR_MEMORYERR;
	if (on(c, "list-none"))
		n = 0;
	for (size_t i = 0; i < n; i++)
		p = stpcpy(p, names[i]) + 1;
	p += strange(c, p);
	size_t used = p == list ? empty_list(c) : (size_t)(p - list) + 1;
	if (on(c, "list-unterminated") && used >= 2 && p != list) {
		used -= 2;
		if (on(c, "list-unterminated")[0]) /* =x: and the zeros between become x */
			for (size_t i = 0; i < used; i++)
				list[i] = list[i] ? list[i] : 'x';
	}
	ULONG answer = put(c, list, used, out, len);
	free(list);
	return answer;
}
