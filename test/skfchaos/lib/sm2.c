/*
 * sm2.c: SM2, SM3 and SM4 by libcrypto, which knows nothing of the blobs of SKF:
 * here they meet. Numbers are 32 octets big-endian, in the blobs right-aligned
 * in 64.
 */
#include <string.h>

#include <openssl/asn1t.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include "chaos.h"

/* SM2Cipher of GM/T 0009, what EVP_PKEY_encrypt gives. */
typedef struct {
	BIGNUM *x, *y;
	ASN1_OCTET_STRING *hash, *text;
} SM2CIPHER;

ASN1_SEQUENCE(SM2CIPHER) = {
	ASN1_SIMPLE(SM2CIPHER, x, BIGNUM),
	ASN1_SIMPLE(SM2CIPHER, y, BIGNUM),
	ASN1_SIMPLE(SM2CIPHER, hash, ASN1_OCTET_STRING),
	ASN1_SIMPLE(SM2CIPHER, text, ASN1_OCTET_STRING),
} static_ASN1_SEQUENCE_END(SM2CIPHER)

IMPLEMENT_STATIC_ASN1_ENCODE_FUNCTIONS(SM2CIPHER)
IMPLEMENT_STATIC_ASN1_ALLOC_FUNCTIONS(SM2CIPHER)

static void octets(const struct pair *p, uint8_t point[65])
{
	point[0] = 4;
	memcpy(point + 1, p->x, 32);
	memcpy(point + 33, p->y, 32);
}

/* key makes the EVP_PKEY of a pair, or of its public half. */
static EVP_PKEY *key(const struct pair *p, bool private)
{
	uint8_t point[65];
	octets(p, point);
	BIGNUM *d = BN_bin2bn(p->d, 32, NULL);
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0);
	OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point);
	if (private)
		OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, d);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(b);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
	EVP_PKEY *k = NULL;
	if (EVP_PKEY_fromdata_init(ctx) != 1 || EVP_PKEY_fromdata(ctx, &k, private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params) != 1)
		k = NULL;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(b);
	BN_clear_free(d);
	return k;
}

bool sm2_generate(struct pair *p)
{
	uint8_t point[65];
	size_t n = 0;
	BIGNUM *d = NULL;
	EVP_PKEY *k = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
	bool ok = k && EVP_PKEY_get_bn_param(k, OSSL_PKEY_PARAM_PRIV_KEY, &d) && BN_bn2binpad(d, p->d, 32) == 32 &&
		EVP_PKEY_get_octet_string_param(k, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &n) && n == sizeof point;
	if (ok) {
		memcpy(p->x, point + 1, 32);
		memcpy(p->y, point + 33, 32);
		p->present = 1;
	}
	BN_clear_free(d);
	EVP_PKEY_free(k);
	return ok;
}

/* sm2_public_of computes d·G. */
bool sm2_public_of(struct pair *p)
{
	uint8_t point[65];
	EC_GROUP *g = EC_GROUP_new_by_curve_name(NID_sm2);
	EC_POINT *q = EC_POINT_new(g);
	BIGNUM *d = BN_bin2bn(p->d, 32, NULL);
	bool ok = !BN_is_zero(d) && BN_cmp(d, EC_GROUP_get0_order(g)) < 0 && EC_POINT_mul(g, q, d, NULL, NULL, NULL) &&
		EC_POINT_point2oct(g, q, POINT_CONVERSION_UNCOMPRESSED, point, sizeof point, NULL) == sizeof point;
	if (ok) {
		memcpy(p->x, point + 1, 32);
		memcpy(p->y, point + 33, 32);
		p->present = 1;
	}
	BN_clear_free(d);
	EC_POINT_free(q);
	EC_GROUP_free(g);
	return ok;
}

/* sm2_matches asks whether d·G is the public key. */
bool sm2_matches(const struct pair *p)
{
	struct pair own = *p;
	return sm2_public_of(&own) && !memcmp(own.x, p->x, 32) && !memcmp(own.y, p->y, 32);
}

bool sm2_sign(const struct pair *p, const uint8_t e[32], uint8_t r[32], uint8_t s[32])
{
	uint8_t der[80];
	size_t n = sizeof der;
	EVP_PKEY *k = key(p, true);
	EVP_PKEY_CTX *ctx = k ? EVP_PKEY_CTX_new(k, NULL) : NULL;
	bool ok = ctx && EVP_PKEY_sign_init(ctx) == 1 && EVP_PKEY_sign(ctx, der, &n, e, 32) == 1;
	const uint8_t *at = der;
	ECDSA_SIG *sig = ok ? d2i_ECDSA_SIG(NULL, &at, (long)n) : NULL;
	ok = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), r, 32) == 32 && BN_bn2binpad(ECDSA_SIG_get0_s(sig), s, 32) == 32;
	ECDSA_SIG_free(sig);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(k);
	return ok;
}

bool sm2_verify(const struct pair *p, const uint8_t e[32], const uint8_t r[32], const uint8_t s[32])
{
	uint8_t *der = NULL;
	ECDSA_SIG *sig = ECDSA_SIG_new();
	ECDSA_SIG_set0(sig, BN_bin2bn(r, 32, NULL), BN_bin2bn(s, 32, NULL));
	int n = i2d_ECDSA_SIG(sig, &der);
	EVP_PKEY *k = key(p, false);
	EVP_PKEY_CTX *ctx = k ? EVP_PKEY_CTX_new(k, NULL) : NULL;
	bool ok = n > 0 && ctx && EVP_PKEY_verify_init(ctx) == 1 && EVP_PKEY_verify(ctx, der, (size_t)n, e, 32) == 1;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(k);
	ECDSA_SIG_free(sig);
	OPENSSL_free(der);
	return ok;
}

enum { MAX_DER = 128 }; /* what the DER of a ciphertext has beside the text */

bool sm2_encrypt(const struct pair *p, const uint8_t *plain, size_t n, ECCCIPHERBLOB *out)
{
	size_t len = n + MAX_DER;
	uint8_t *der = OPENSSL_malloc(len);
	EVP_PKEY *k = key(p, false);
	EVP_PKEY_CTX *ctx = k ? EVP_PKEY_CTX_new(k, NULL) : NULL;
	bool ok = der && ctx && EVP_PKEY_encrypt_init(ctx) == 1 && EVP_PKEY_encrypt(ctx, der, &len, plain, n) == 1;
	const uint8_t *at = der;
	SM2CIPHER *c = ok ? d2i_SM2CIPHER(NULL, &at, (long)len) : NULL;
	ok = c && ASN1_STRING_length(c->text) == (int)n && ASN1_STRING_length(c->hash) == 32;
	if (ok) {
		BN_bn2binpad(c->x, out->XCoordinate, 64);
		BN_bn2binpad(c->y, out->YCoordinate, 64);
		memcpy(out->HASH, ASN1_STRING_get0_data(c->hash), 32);
		out->CipherLen = (ULONG)n;
		memcpy((uint8_t *)out + offsetof(ECCCIPHERBLOB, Cipher), ASN1_STRING_get0_data(c->text), n);
	}
	SM2CIPHER_free(c);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(k);
	OPENSSL_free(der);
	return ok;
}

/* sm2_decrypt opens into plain, which has room for *n octets. */
bool sm2_decrypt(const struct pair *p, const ECCCIPHERBLOB *in, uint8_t *plain, size_t *n)
{
	uint8_t *der = NULL;
	SM2CIPHER *c = SM2CIPHER_new();
	BN_bin2bn(in->XCoordinate, 64, c->x);
	BN_bin2bn(in->YCoordinate, 64, c->y);
	ASN1_STRING_set(c->hash, in->HASH, 32);
	ASN1_STRING_set(c->text, (const uint8_t *)in + offsetof(ECCCIPHERBLOB, Cipher), (int)in->CipherLen);
	int len = i2d_SM2CIPHER(c, &der);
	EVP_PKEY *k = key(p, true);
	EVP_PKEY_CTX *ctx = k ? EVP_PKEY_CTX_new(k, NULL) : NULL;
	bool ok = len > 0 && ctx && EVP_PKEY_decrypt_init(ctx) == 1 && EVP_PKEY_decrypt(ctx, plain, n, der, (size_t)len) == 1;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(k);
	OPENSSL_free(der);
	SM2CIPHER_free(c);
	return ok;
}

/* sm2_public reads a blob; what is no point of the curve is refused. */
bool sm2_public(const ECCPUBLICKEYBLOB *blob, struct pair *p)
{
	static const uint8_t zero[32];
	memset(p, 0, sizeof *p);
	if (!blob || blob->BitLen != 256 || memcmp(blob->XCoordinate, zero, 32) || memcmp(blob->YCoordinate, zero, 32))
		return false;
	memcpy(p->x, blob->XCoordinate + 32, 32);
	memcpy(p->y, blob->YCoordinate + 32, 32);
	EVP_PKEY *k = key(p, false);
	EVP_PKEY_free(k);
	p->present = k != NULL;
	return k != NULL;
}

void sm2_blob(const struct pair *p, ECCPUBLICKEYBLOB *blob)
{
	memset(blob, 0, sizeof *blob);
	blob->BitLen = 256;
	memcpy(blob->XCoordinate + 32, p->x, 32);
	memcpy(blob->YCoordinate + 32, p->y, 32);
}

/* sm3_z is Z of GB/T 32918.2-2016, 5.5. */
bool sm3_z(const struct pair *p, const void *id, size_t idlen, uint8_t z[32])
{
	uint8_t bits[2] = {(uint8_t)(idlen * 8 >> 8), (uint8_t)(idlen * 8)}, curve[32 * 4], generator[65];
	EC_GROUP *g = EC_GROUP_new_by_curve_name(NID_sm2);
	BIGNUM *a = BN_new(), *b = BN_new();
	EVP_MD_CTX *h = EVP_MD_CTX_new();
	bool ok = idlen < 8192 && EC_GROUP_get_curve(g, NULL, a, b, NULL) && BN_bn2binpad(a, curve, 32) == 32 && BN_bn2binpad(b, curve + 32, 32) == 32 &&
		EC_POINT_point2oct(g, EC_GROUP_get0_generator(g), POINT_CONVERSION_UNCOMPRESSED, generator, sizeof generator, NULL) == sizeof generator;
	memcpy(curve + 64, generator + 1, 64);
	ok = ok && EVP_DigestInit_ex(h, EVP_sm3(), NULL) && EVP_DigestUpdate(h, bits, 2) && EVP_DigestUpdate(h, id, idlen) &&
		EVP_DigestUpdate(h, curve, sizeof curve) && EVP_DigestUpdate(h, p->x, 32) && EVP_DigestUpdate(h, p->y, 32) &&
		EVP_DigestFinal_ex(h, z, NULL);
	EVP_MD_CTX_free(h);
	BN_free(a);
	BN_free(b);
	EC_GROUP_free(g);
	return ok;
}

bool sm3(const void *a, size_t alen, const void *b, size_t blen, uint8_t out[32])
{
	EVP_MD_CTX *h = EVP_MD_CTX_new();
	bool ok = EVP_DigestInit_ex(h, EVP_sm3(), NULL) && EVP_DigestUpdate(h, a, alen) && EVP_DigestUpdate(h, b, blen) && EVP_DigestFinal_ex(h, out, NULL);
	EVP_MD_CTX_free(h);
	return ok;
}

bool sm4(bool encrypt, const uint8_t k[16], const uint8_t *in, uint8_t *out, size_t n)
{
	int done = 0;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	bool ok = EVP_CipherInit_ex(ctx, EVP_sm4_ecb(), NULL, k, NULL, encrypt) && EVP_CIPHER_CTX_set_padding(ctx, 0) &&
		EVP_CipherUpdate(ctx, out, &done, in, (int)n) && done == (int)n;
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

/* certificate_key reads the point of a certificate whose key is of SM2. */
bool certificate_key(const uint8_t *der, size_t n, uint8_t x[32], uint8_t y[32])
{
	const uint8_t *at = der;
	X509 *cert = d2i_X509(NULL, &at, (long)n);
	const ASN1_BIT_STRING *point = cert ? X509_get0_pubkey_bitstr(cert) : NULL;
	bool ok = point && at == der + n && ASN1_STRING_length(point) == 65 && ASN1_STRING_get0_data(point)[0] == 4;
	if (ok) {
		memcpy(x, ASN1_STRING_get0_data(point) + 1, 32);
		memcpy(y, ASN1_STRING_get0_data(point) + 33, 32);
	}
	X509_free(cert);
	return ok;
}

/* certificate_for makes a sound certificate, signed by the key itself. */
size_t certificate_for(const struct pair *p, uint8_t *der, size_t max)
{
	EVP_PKEY *k = key(p, true);
	X509 *cert = X509_new();
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 4711);
	X509_set_version(cert, X509_VERSION_3);
	X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(cert), 365 * 24 * 3600L);
	X509_NAME *name = X509_get_subject_name(cert);
	X509_NAME_add_entry_by_txt(name, "C", MBSTRING_UTF8, (const uint8_t *)"CN", -1, -1, 0);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)"测试用户乙", -1, -1, 0);
	X509_set_issuer_name(cert, name);
	int n = k && X509_set_pubkey(cert, k) && X509_sign(cert, k, EVP_sm3()) ? i2d_X509(cert, NULL) : 0;
	if (n > 0 && (size_t)n <= max)
		i2d_X509(cert, &der);
	X509_free(cert);
	EVP_PKEY_free(k);
	return n > 0 && (size_t)n <= max ? (size_t)n : 0;
}
