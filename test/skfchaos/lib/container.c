/* container.c: 7.5, containers and their certificates. */
#include <string.h>

#include <openssl/rand.h>

#include "chaos.h"

static struct container *container_named(struct app *a, const char *name)
{
	for (uint32_t i = 0; name && i < a->containers; i++)
		if (!strcmp(a->container[i].name, name))
			return &a->container[i];
	return NULL;
}

static ULONG open_it(struct call *c, struct handle *app, const struct container *k, HCONTAINER *out)
{
	struct handle *h = open_handle(CONTAINER, app);
	if (h)
		h->id = k->id;
	return hand_out(c, h, out);
}

static ULONG create_container(struct call *c, HAPPLICATION h, const char *name, HCONTAINER *out)
{
	struct handle *app;
	struct app *a = use_app(c, h, &app);
	if (!a)
		return c->answer;
	if (need_user(c, a, app))
		return need_user(c, a, app);
	if (!name || !*name || strlen(name) > MAX_CONTAINER_NAME)
		return SAR_NAMELENERR;
	if (!out)
		return SAR_INVALIDPARAMERR;
	if (container_named(a, name))
		return SAR_OBJERR;
	if (a->containers == MAX_CONTAINERS)
		return SAR_REACH_MAX_CONTAINER_COUNT;
	struct container *k = &a->container[a->containers++];
	memset(k, 0, sizeof *k);
	k->id = ++c->token.last_id;
	strcpy(k->name, name);
	c->changed = true;
	return open_it(c, app, k, out);
}

ULONG SKF_CreateContainer(HAPPLICATION hApp, LPSTR szName, HCONTAINER *phContainer) { RUN(create_container(c, hApp, szName, phContainer)); }

static ULONG delete_container(struct call *c, HAPPLICATION h, const char *name)
{
	struct handle *app;
	struct app *a = use_app(c, h, &app);
	if (!a)
		return c->answer;
	if (need_user(c, a, app))
		return need_user(c, a, app);
	struct container *k = container_named(a, name);
	if (!k)
		return SAR_KEYNOTFOUNTERR;
	drop_blob(&k->sign.cert);
	drop_blob(&k->enc.cert);
	struct container *end = &a->container[a->containers--];
	memmove(k, k + 1, (size_t)((char *)end - (char *)(k + 1)));
	c->changed = true;
	return SAR_OK;
}

ULONG SKF_DeleteContainer(HAPPLICATION hApp, LPSTR szName) { RUN(delete_container(c, hApp, szName)); }

static ULONG open_container(struct call *c, HAPPLICATION h, const char *name, HCONTAINER *out)
{
	struct handle *app;
	struct app *a = use_app(c, h, &app);
	if (!a)
		return c->answer;
	struct container *k = container_named(a, name);
	if (!out)
		return SAR_INVALIDPARAMERR;
	return k ? open_it(c, app, k, out) : SAR_KEYNOTFOUNTERR;
}

ULONG SKF_OpenContainer(HAPPLICATION hApp, LPSTR szName, HCONTAINER *phContainer) { RUN(open_container(c, hApp, szName, phContainer)); }

ULONG SKF_CloseContainer(HCONTAINER hContainer) { RUN(close_handle(c, hContainer, CONTAINER, CONTAINER)); }

static ULONG enum_container(struct call *c, HAPPLICATION h, char *list, ULONG *size)
{
	const char *names[MAX_CONTAINERS];
	struct handle *app;
	struct app *a = use_app(c, h, &app);
	if (!a)
		return c->answer;
	for (uint32_t i = 0; i < a->containers; i++)
		names[i] = a->container[i].name;
	return put_names(c, names, a->containers, list, size);
}

ULONG SKF_EnumContainer(HAPPLICATION hApp, LPSTR szList, ULONG *pulSize) { RUN(enum_container(c, hApp, szList, pulSize)); }

static ULONG container_type(struct call *c, HCONTAINER h, ULONG *type)
{
	struct handle *app;
	struct container *k = use_container(c, h, &app);
	if (!k)
		return c->answer;
	if (!type)
		return SAR_INVALIDPARAMERR;
	*type = (ULONG)number(on(c, "lie-type"), k->sign.present ? 2 : 0);
	return SAR_OK;
}

ULONG SKF_GetContainerType(HCONTAINER hContainer, ULONG *pulType) { RUN(container_type(c, hContainer, pulType)); }

static struct app *app_with(struct call *c, const struct handle *app)
{
	for (uint32_t i = 0; i < c->token.apps; i++)
		if (c->token.app[i].id == app->id)
			return &c->token.app[i];
	return NULL;
}

static ULONG import_certificate(struct call *c, HCONTAINER h, bool sign, const BYTE *der, ULONG n)
{
	struct handle *app;
	struct container *k = use_container(c, h, &app);
	uint8_t x[32], y[32];
	if (!k)
		return c->answer;
	ULONG refused = need_user(c, app_with(c, app), app);
	if (refused)
		return refused;
	struct pair *p = sign ? &k->sign : &k->enc;
	if (!p->present)
		return SAR_KEYNOTFOUNTERR;
	if (!der || n == 0 || n > MAX_CERT)
		return SAR_INDATALENERR;
	if (!on(c, "any-cert") && (!certificate_key(der, n, x, y) || memcmp(x, p->x, 32) || memcmp(y, p->y, 32)))
		return SAR_INDATAERR;
	c->changed = true;
	return set_blob(&p->cert, der, n) ? SAR_OK : SAR_MEMORYERR;
}

/* export_lie makes the certificate that a fault asks for in der; 0 is none. */
static size_t export_lie(struct call *c, const struct pair *p, uint8_t *der)
{
	const char *v;
	size_t n = p->cert.len;
	if ((v = on(c, "garbage-cert"))) {
		n = (size_t)number(v, 700);
		RAND_bytes(der, (int)(n = n > MAX_CERT ? MAX_CERT : n));
		return n;
	}
	if ((v = on(c, "truncated-cert"))) {
		size_t cut = (size_t)number(v, 20);
		memcpy(der, p->cert.data, n);
		return cut < n ? n - cut : n;
	}
	if ((v = on(c, "padded-cert"))) { /* some tokens answer their whole file */
		memset(der, *v ? (int)number(v, 0) : 0, MAX_CERT);
		memcpy(der, p->cert.data, n);
		return MAX_CERT;
	}
	if (on(c, "foreign-cert")) {
		struct pair other = {0};
		return sm2_generate(&other) ? certificate_for(&other, der, MAX_CERT) : 0;
	}
	return 0;
}

static ULONG export_certificate(struct call *c, HCONTAINER h, bool sign, BYTE *out, ULONG *len)
{
	struct handle *app;
	struct container *k = use_container(c, h, &app);
	uint8_t lie[MAX_CERT];
	if (!k)
		return c->answer;
	const struct pair *p = sign ? &k->sign : &k->enc;
	if (p->cert.len == 0)
		return SAR_CERTNOTFOUNTERR;
	if (on(c, "empty-cert"))
		return put(c, "", 0, out, len);
	size_t n = export_lie(c, p, lie);
	return n ? put(c, lie, n, out, len) : put(c, p->cert.data, p->cert.len, out, len);
}

#ifndef DRAFT2010
ULONG SKF_ImportCertificate(HCONTAINER hContainer, BOOL bSign, BYTE *pbCert, ULONG ulCertLen)
{
	RUN(import_certificate(c, hContainer, bSign, pbCert, ulCertLen));
}

ULONG SKF_ExportCertificate(HCONTAINER hContainer, BOOL bSign, BYTE *pbCert, ULONG *pulCertLen)
{
	RUN(export_certificate(c, hContainer, bSign, pbCert, pulCertLen));
}
#else
ULONG SKF_WriteCert(HCONTAINER hContainer, BYTE *pbCert, ULONG ulCertLen) { RUN(import_certificate(c, hContainer, true, pbCert, ulCertLen)); }

ULONG SKF_ReadCert(HCONTAINER hContainer, BYTE *pbCert, ULONG *pulCertLen) { RUN(export_certificate(c, hContainer, true, pbCert, pulCertLen)); }

ULONG HTGMFormat(void) { RUN(SAR_NOTSUPPORTYETERR); }
#endif
