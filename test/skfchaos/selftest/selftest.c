/*
 * selftest.c: a program that uses the library as programs do, by name at run
 * time. libcrypto, asked by other functions than the library asks, is the judge.
 *
 *	selftest LIBRARY life            the life of a key; leaves it on the token
 *	selftest LIBRARY guess N         N wrong PINs, printing what is heard
 *	selftest LIBRARY call FUNCTION   one call on that token, printing what comes back
 */
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include "../lib/gmt0016.h"

static void *library;

/* CALL calls a function by its name; the type comes from the header. */
#define CALL(name, ...) (((__typeof__(&name))find(#name))(__VA_ARGS__))
#define MUST(name, ...) expect(SAR_OK, CALL(name, __VA_ARGS__), #name, __LINE__)
#define REFUSED(code, name, ...) expect(code, CALL(name, __VA_ARGS__), #name, __LINE__)
#define CHECK(x) check(x, #x, __LINE__)

static void *find(const char *name)
{
	void *f = dlsym(library, name);
	if (!f) {
		fprintf(stderr, "there is no %s\n", name);
		exit(1);
	}
	return f;
}

static void expect(ULONG want, ULONG got, const char *name, int line)
{
	if (got == want)
		return;
	fprintf(stderr, "line %d: %s answers 0x%08llX, want 0x%08llX\n", line, name, (unsigned long long)got, (unsigned long long)want);
	exit(1);
}

static void check(int true_, const char *what, int line)
{
	if (true_)
		return;
	fprintf(stderr, "line %d: not so: %s\n", line, what);
	exit(1);
}

static char user[] = "Qx7-3058", first[] = "482915", admin[] = "Admin+60918273", wrong[] = "715204", app_name[] = "XINZHANG", key_name[] = "sign-1";

static DEVHANDLE connect_first(void)
{
	char names[4096] = "";
	ULONG n = sizeof names;
	DEVHANDLE dev;
	MUST(SKF_EnumDev, 1, names, &n);
	MUST(SKF_ConnectDev, names, &dev);
	return dev;
}

/* authenticate answers the challenge with SM4 under the device key. */
static ULONG authenticate(DEVHANDLE dev, char *device_key)
{
	BYTE answer[32], challenge[16] = {0};
	ULONG n = sizeof answer;
	HANDLE k;
	BLOCKCIPHERPARAM plain = {.PaddingType = 0};
	MUST(SKF_GenRandom, dev, challenge, 8);
	MUST(SKF_SetSymmKey, dev, (BYTE *)device_key, SGD_SM4_ECB, &k);
	MUST(SKF_EncryptInit, k, plain);
	MUST(SKF_Encrypt, k, challenge, 16, answer, &n);
	CHECK(n == 16);
	MUST(SKF_CloseHandle, k);
	return CALL(SKF_DevAuth, dev, answer, 16);
}

static void layout(DEVHANDLE dev)
{
	BYTE buffer[1024];
	size_t n = sizeof buffer;
	memset(buffer, 0xA5, sizeof buffer);
	MUST(SKF_GetDevInfo, dev, (DEVINFO *)buffer);
	while (n > 0 && buffer[n - 1] == 0xA5)
		n--;
	CHECK(n == sizeof(DEVINFO));
	printf("DEVINFO %zu\n", n);
	CHECK(!strncmp(((DEVINFO *)buffer)->Manufacturer, "Chaos", 5));
}

static EVP_PKEY *public_key(const ECCPUBLICKEYBLOB *blob)
{
	BYTE point[65] = {4};
	memcpy(point + 1, blob->XCoordinate + 32, 32);
	memcpy(point + 33, blob->YCoordinate + 32, 32);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY *k = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
	CHECK(EVP_PKEY_fromdata_init(ctx) == 1 && EVP_PKEY_fromdata(ctx, &k, EVP_PKEY_PUBLIC_KEY, params) == 1);
	EVP_PKEY_CTX_free(ctx);
	return k;
}

/* good asks libcrypto, which hashes the message with the ID by itself. */
static int good(EVP_PKEY *k, const char *message, const ECCSIGNATUREBLOB *sig)
{
	BYTE *der = NULL;
	ECDSA_SIG *parsed = ECDSA_SIG_new();
	ECDSA_SIG_set0(parsed, BN_bin2bn(sig->r, 64, NULL), BN_bin2bn(sig->s, 64, NULL));
	int n = i2d_ECDSA_SIG(parsed, &der);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(k, NULL);
	EVP_MD_CTX_set_pkey_ctx(md, ctx);
	int ok = EVP_PKEY_CTX_set1_id(ctx, "1234567812345678", 16) == 1 && EVP_DigestVerifyInit(md, NULL, EVP_sm3(), NULL, k) == 1 &&
		EVP_DigestVerify(md, der, (size_t)n, (const BYTE *)message, strlen(message)) == 1;
	EVP_MD_CTX_free(md);
	EVP_PKEY_CTX_free(ctx);
	ECDSA_SIG_free(parsed);
	OPENSSL_free(der);
	return ok;
}

/* digest is SM3(Z ‖ message) by the library. */
static void digest(DEVHANDLE dev, ECCPUBLICKEYBLOB *pub, const char *message, BYTE e[32])
{
	HANDLE h;
	ULONG n = 0;
	MUST(SKF_DigestInit, dev, SGD_SM3, pub, (BYTE *)"1234567812345678", 16, &h);
	MUST(SKF_DigestUpdate, h, (BYTE *)message, (ULONG)strlen(message));
	MUST(SKF_DigestFinal, h, NULL, &n);
	CHECK(n == 32);
	MUST(SKF_DigestFinal, h, e, &n);
	MUST(SKF_CloseHandle, h);
}

static void signs(DEVHANDLE dev, HCONTAINER k, ECCPUBLICKEYBLOB *pub, const char *message)
{
	BYTE e[32];
	ECCSIGNATUREBLOB sig;
	EVP_PKEY *judge = public_key(pub);
	digest(dev, pub, message, e);
	MUST(SKF_ECCSignData, k, e, 32, &sig);
	CHECK(good(judge, message, &sig));
	CHECK(!good(judge, "another message", &sig));
	MUST(SKF_ECCVerify, dev, pub, e, 32, &sig);
	sig.s[63] ^= 1;
	REFUSED(SAR_INDATAERR, SKF_ECCVerify, dev, pub, e, 32, &sig);
	EVP_PKEY_free(judge);
}

/* certify makes a certificate for a public key, signed by somebody. */
static ULONG certify(const ECCPUBLICKEYBLOB *pub, BYTE *der)
{
	EVP_PKEY *subject = public_key(pub), *authority = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
	X509 *cert = X509_new();
	X509_set_version(cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), 0);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_UTF8, (const BYTE *)"测试用户甲", -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(cert));
	CHECK(X509_set_pubkey(cert, subject) && X509_sign(cert, authority, EVP_sm3()));
	int n = i2d_X509(cert, &der);
	X509_free(cert);
	EVP_PKEY_free(subject);
	EVP_PKEY_free(authority);
	return (ULONG)n;
}

static void certificates(HCONTAINER k, int sign, ECCPUBLICKEYBLOB *pub)
{
	BYTE der[4096], back[4096];
	ECCPUBLICKEYBLOB stranger;
	EVP_PKEY *other = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
	BYTE point[65];
	size_t len;
	memset(&stranger, 0, sizeof stranger);
	stranger.BitLen = 256;
	EVP_PKEY_get_octet_string_param(other, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len);
	memcpy(stranger.XCoordinate + 32, point + 1, 32);
	memcpy(stranger.YCoordinate + 32, point + 33, 32);
	ULONG n = certify(&stranger, der), m = 0;
	REFUSED(SAR_INDATAERR, SKF_ImportCertificate, k, sign, der, n);
	REFUSED(SAR_CERTNOTFOUNTERR, SKF_ExportCertificate, k, sign, back, &m);
	n = certify(pub, der);
	MUST(SKF_ImportCertificate, k, sign, der, n);
	MUST(SKF_ExportCertificate, k, sign, NULL, &m);
	CHECK(m == n);
	m = n - 1;
	REFUSED(SAR_BUFFER_TOO_SMALL, SKF_ExportCertificate, k, sign, back, &m);
	CHECK(m == n);
	MUST(SKF_ExportCertificate, k, sign, back, &m);
	CHECK(m == n && !memcmp(der, back, n));
	EVP_PKEY_free(other);
}

/* blob_of turns libcrypto's ciphertext into a blob. */
static void blob_of(const BYTE *der, size_t n, ECCCIPHERBLOB *out)
{
	const BYTE *at = der;
	BYTE *to[] = {out->XCoordinate + 64, out->YCoordinate + 64, out->HASH, (BYTE *)out + offsetof(ECCCIPHERBLOB, Cipher)};
	int tag, class;
	long len;
	ASN1_get_object(&at, &len, &tag, &class, (long)n);
	for (int i = 0; i < 4; i++, at += len) {
		ASN1_get_object(&at, &len, &tag, &class, (long)(n - (size_t)(at - der)));
		if (i < 2 && len == 33)
			at++, len = 32;
		memcpy(i < 2 ? to[i] - len : to[i], at, (size_t)len);
		if (i == 3)
			out->CipherLen = (ULONG)len;
	}
}

/* encryption brings the pair of the KMC and opens with it what libcrypto closed. */
static void encryption(HCONTAINER k, ECCPUBLICKEYBLOB *sign)
{
	BYTE point[65], kek[16], session[16], d[64] = {0}, der[256], sealed[256], opened[256];
	BYTE room[sizeof(ENVELOPEDKEYBLOB) + 64] = {0}, wrapped[sizeof(ECCCIPHERBLOB) + 64] = {0};
	ENVELOPEDKEYBLOB *e = (void *)room;
	size_t len;
	int n;
	BIGNUM *number = NULL;
	EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "SM2"), *to = public_key(sign);
	EVP_PKEY_get_octet_string_param(pair, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len);
	EVP_PKEY_get_bn_param(pair, OSSL_PKEY_PARAM_PRIV_KEY, &number);
	BN_bn2binpad(number, d + 32, 32);
	RAND_bytes(kek, 16);
	EVP_CIPHER_CTX *sm4 = EVP_CIPHER_CTX_new();
	EVP_EncryptInit_ex(sm4, EVP_sm4_ecb(), NULL, kek, NULL);
	EVP_CIPHER_CTX_set_padding(sm4, 0);
	EVP_EncryptUpdate(sm4, e->cbEncryptedPriKey, &n, d, 64);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(to, NULL);
	len = sizeof der;
	CHECK(EVP_PKEY_encrypt_init(ctx) == 1 && EVP_PKEY_encrypt(ctx, der, &len, kek, 16) == 1);
	blob_of(der, len, (void *)(room + offsetof(ENVELOPEDKEYBLOB, ECCCipherBlob)));
	e->Version = 1;
	e->ulSymmAlgID = SGD_SM4_ECB;
	e->ulBits = 256;
	e->PubKey.BitLen = 256;
	memcpy(e->PubKey.XCoordinate + 32, point + 1, 32);
	memcpy(e->PubKey.YCoordinate + 32, point + 33, 32);
	ECCPUBLICKEYBLOB right;
	memcpy(&right, (BYTE *)e + offsetof(ENVELOPEDKEYBLOB, PubKey), sizeof right);
	memcpy((BYTE *)e + offsetof(ENVELOPEDKEYBLOB, PubKey), sign, sizeof *sign);
	REFUSED(SAR_INDATAERR, SKF_ImportECCKeyPair, k, e); /* d·G is not P */
	memcpy((BYTE *)e + offsetof(ENVELOPEDKEYBLOB, PubKey), &right, sizeof right);
	MUST(SKF_ImportECCKeyPair, k, e);
	MUST(SKF_ImportECCKeyPair, k, e);
	certificates(k, 0, &right);

	HANDLE key;
	BLOCKCIPHERPARAM p = {.IV = "sixteen octets..", .IVLen = 16, .PaddingType = 1};
	const char *message = "somebody else wrote this to the holder";
	RAND_bytes(session, 16);
	EVP_PKEY_CTX_free(ctx);
	ctx = EVP_PKEY_CTX_new(pair, NULL);
	len = sizeof der;
	CHECK(EVP_PKEY_encrypt_init(ctx) == 1 && EVP_PKEY_encrypt(ctx, der, &len, session, 16) == 1);
	blob_of(der, len, (void *)wrapped);
	MUST(SKF_ImportSessionKey, k, SGD_SM4_CBC, wrapped, (ULONG)(offsetof(ECCCIPHERBLOB, Cipher) + 16), &key);
	int rest;
	EVP_EncryptInit_ex(sm4, EVP_sm4_cbc(), NULL, session, p.IV);
	EVP_CIPHER_CTX_set_padding(sm4, 1);
	EVP_EncryptUpdate(sm4, sealed, &n, (const BYTE *)message, (int)strlen(message));
	EVP_EncryptFinal_ex(sm4, sealed + n, &rest);
	ULONG m = sizeof opened;
	MUST(SKF_DecryptInit, key, p);
	MUST(SKF_Decrypt, key, sealed, (ULONG)(n + rest), opened, &m);
	CHECK(m == strlen(message) && !memcmp(opened, message, m));
	MUST(SKF_CloseHandle, key);
	wrapped[128] ^= 1;
	REFUSED(SAR_INDATAERR, SKF_ImportSessionKey, k, SGD_SM4_CBC, wrapped, (ULONG)(offsetof(ECCCIPHERBLOB, Cipher) + 16), &key);
	BN_clear_free(number);
	EVP_CIPHER_CTX_free(sm4);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(pair);
	EVP_PKEY_free(to);
}

static void files(HAPPLICATION app)
{
	FILEATTRIBUTE info;
	BYTE back[16];
	ULONG n = sizeof back;
	char name[] = "seal.esl";
	MUST(SKF_CreateFile, app, name, 8, SECURE_ANYONE, SECURE_USER);
	REFUSED(SAR_FILE_ALREADY_EXIST, SKF_CreateFile, app, name, 8, SECURE_ANYONE, SECURE_USER);
	MUST(SKF_WriteFile, app, name, 3, (BYTE *)"abc", 3);
	REFUSED(SAR_WRITEFILEERR, SKF_WriteFile, app, name, 6, (BYTE *)"abc", 3);
	MUST(SKF_ReadFile, app, name, 2, 100, back, &n);
	CHECK(n == 6 && !memcmp(back, "\0abc\0\0", 6));
	MUST(SKF_GetFileInfo, app, name, &info);
	CHECK(info.FileSize == 8 && info.ReadRights == SECURE_ANYONE && info.WriteRights == SECURE_USER && !strcmp(info.FileName, name));
}

static void tries(HAPPLICATION app, ULONG want, BOOL want_first)
{
	ULONG max, left;
	BOOL is_first;
	MUST(SKF_GetPINInfo, app, USER_TYPE, &max, &left, &is_first);
	CHECK(max == 10 && left == want && is_first == want_first);
}

static void life(void)
{
	DEVHANDLE dev = connect_first();
	HAPPLICATION app;
	HCONTAINER k;
	ECCPUBLICKEYBLOB pub;
	ULONG left, type;
	layout(dev);
	REFUSED(SAR_USER_NOT_LOGGED_IN, SKF_CreateApplication, dev, app_name, admin, 10, first, 10, SECURE_USER, &app);
	expect(SAR_PIN_INCORRECT, authenticate(dev, "sixteen wrong oc"), "SKF_DevAuth", __LINE__);
	expect(SAR_OK, authenticate(dev, "1234567812345678"), "SKF_DevAuth", __LINE__);
	MUST(SKF_ChangeDevAuthKey, dev, (BYTE *)"16 other octets!", 16);
	REFUSED(SAR_USER_NOT_LOGGED_IN, SKF_DeleteApplication, dev, app_name);
	expect(SAR_OK, authenticate(dev, "16 other octets!"), "SKF_DevAuth", __LINE__);
	MUST(SKF_CreateApplication, dev, app_name, admin, 10, first, 10, SECURE_USER, &app);
	tries(app, 10, 1);
	REFUSED(SAR_PIN_INCORRECT, SKF_VerifyPIN, app, USER_TYPE, wrong, &left);
	CHECK(left == 9);
	tries(app, 9, 1);
	REFUSED(SAR_PIN_LEN_RANGE, SKF_VerifyPIN, app, USER_TYPE, "12345", &left);
	MUST(SKF_ChangePIN, app, USER_TYPE, first, user, &left);
	tries(app, 10, 0);
	REFUSED(SAR_USER_NOT_LOGGED_IN, SKF_CreateContainer, app, key_name, &k);
	MUST(SKF_VerifyPIN, app, USER_TYPE, user, &left);
	MUST(SKF_CreateContainer, app, key_name, &k);
	MUST(SKF_GetContainerType, k, &type);
	CHECK(type == 0);
	MUST(SKF_GenECCKeyPair, k, SGD_SM2_1, &pub);
	signs(dev, k, &pub, "the request");
	certificates(k, 1, &pub);
	encryption(k, &pub);
	files(app);

	MUST(SKF_DisConnectDev, dev); /* and everything below it */
	REFUSED(SAR_INVALIDHANDLEERR, SKF_ClearSecureState, app);
	REFUSED(SAR_INVALIDHANDLEERR, SKF_GetDevInfo, k, (DEVINFO *)&pub);
	dev = connect_first();
	MUST(SKF_OpenApplication, dev, app_name, &app);
	MUST(SKF_OpenContainer, app, key_name, &k);
	BYTE e[32] = {1};
	ECCSIGNATUREBLOB sig;
	REFUSED(SAR_USER_NOT_LOGGED_IN, SKF_ECCSignData, k, e, 32, &sig);
	MUST(SKF_LockDev, dev, 1000);
	MUST(SKF_VerifyPIN, app, USER_TYPE, user, &left);
	signs(dev, k, &pub, "a document");
	MUST(SKF_UnlockDev, dev);
	MUST(SKF_ClearSecureState, app);
	REFUSED(SAR_USER_NOT_LOGGED_IN, SKF_ECCSignData, k, e, 32, &sig);
	REFUSED(SAR_NOTSUPPORTYETERR, SKF_GenRSAKeyPair, k, 2048, (RSAPUBLICKEYBLOB *)e);
	MUST(SKF_DisConnectDev, dev);
}

static void guess(int n)
{
	DEVHANDLE dev = connect_first();
	HAPPLICATION app;
	MUST(SKF_OpenApplication, dev, app_name, &app);
	for (; n > 0; n--) {
		ULONG left = 4711, answer = CALL(SKF_VerifyPIN, app, USER_TYPE, wrong, &left);
		printf("%08llX %llu\n", (unsigned long long)answer, (unsigned long long)left);
	}
}

static void hex(const void *data, size_t n)
{
	printf(" ");
	for (size_t i = 0; i < n; i++)
		printf("%02x", ((const BYTE *)data)[i]);
}

/* call makes the one call that a fault is aimed at and prints what came back. */
static void call(const char *f)
{
	static BYTE out[1 << 17];
	ULONG n = sizeof out, answer = 4711, more = 0;
	size_t shown = 0;
	BOOL flag = 0;
	HAPPLICATION app = NULL;
	HCONTAINER k = NULL;
	BYTE e[40] = "0123456789abcdef0123456789abcdefdata";
	memset(out, 0xA5, sizeof out);
	if (!strcmp(f, "SKF_EnumDev") || !strcmp(f, "SKF_WaitForDevEvent")) {
		answer = *(f + 4) == 'E' ? CALL(SKF_EnumDev, 1, (char *)out, &n) : CALL(SKF_WaitForDevEvent, (char *)out, &n, &more);
		shown = n;
		goto said;
	}
	DEVHANDLE dev = connect_first();
	MUST(SKF_OpenApplication, dev, app_name, &app);
	MUST(SKF_OpenContainer, app, key_name, &k);
	answer = CALL(SKF_VerifyPIN, app, USER_TYPE, user, &n);
	if (!strcmp(f, "SKF_VerifyPIN"))
		goto said;
	n = sizeof out;
	if (!strcmp(f, "SKF_GetDevInfo"))
		answer = CALL(SKF_GetDevInfo, dev, (DEVINFO *)out), shown = 400;
	if (!strcmp(f, "SKF_GetPINInfo"))
		answer = CALL(SKF_GetPINInfo, app, USER_TYPE, &more, &n, &flag);
	if (!strcmp(f, "SKF_EnumApplication"))
		answer = CALL(SKF_EnumApplication, dev, (char *)out, &n), shown = n;
	if (!strcmp(f, "SKF_EnumContainer"))
		answer = CALL(SKF_EnumContainer, app, (char *)out, &n), shown = n;
	if (!strcmp(f, "SKF_ExportCertificate")) {
		answer = CALL(SKF_ExportCertificate, k, 1, NULL, &more);
		n = 16;
		ULONG small = CALL(SKF_ExportCertificate, k, 1, out, &n);
		printf("query %llX %llu small %llX %llu touched %d\n", (unsigned long long)answer, (unsigned long long)more, (unsigned long long)small,
			(unsigned long long)n, out[0] != 0xA5);
		n = sizeof out;
		answer = CALL(SKF_ExportCertificate, k, 1, out, &n), shown = n;
	}
	if (!strcmp(f, "SKF_ExportPublicKey"))
		answer = CALL(SKF_ExportPublicKey, k, 1, out, &n), shown = n;
	if (!strcmp(f, "SKF_GetFileInfo"))
		answer = CALL(SKF_GetFileInfo, app, "seal.esl", (FILEATTRIBUTE *)out), n = ((FILEATTRIBUTE *)out)->FileSize;
	if (!strcmp(f, "SKF_GenRandom"))
		answer = CALL(SKF_GenRandom, dev, out, 16), shown = 16;
	if (!strcmp(f, "SKF_OpenApplication"))
		answer = CALL(SKF_OpenApplication, dev, app_name, &app), n = app != NULL;
	if (!strcmp(f, "SKF_ECCSignData")) {
		ECCPUBLICKEYBLOB pub;
		MUST(SKF_ExportPublicKey, k, 1, (BYTE *)&pub, (n = sizeof pub, &n));
		answer = CALL(SKF_ECCSignData, k, e, 32, (ECCSIGNATUREBLOB *)out), shown = 160;
		printf("data kind %d, verified %llX\n", good(public_key(&pub), "0123456789abcdef0123456789abcdef", (ECCSIGNATUREBLOB *)out),
			(unsigned long long)CALL(SKF_ECCVerify, dev, &pub, e, 32, (ECCSIGNATUREBLOB *)out));
	}
	if (!strcmp(f, "wrong handle"))
		answer = CALL(SKF_GetDevInfo, app, (DEVINFO *)out);
	if (!strcmp(f, "again")) /* after something was done to the token */
		answer = CALL(SKF_GetDevInfo, dev, (DEVINFO *)out);
said:
	printf("answer %08llX len %lld more %llu flag %d\ndata", (unsigned long long)answer, (long long)n, (unsigned long long)more, flag);
	hex(out, shown > sizeof out ? sizeof out : shown);
	printf("\n");
}

int main(int argc, char **argv)
{
	if (argc < 3 || !(library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL))) {
		fprintf(stderr, "%s\n", argc < 3 ? "selftest LIBRARY life|guess N|call FUNCTION" : dlerror());
		return 1;
	}
	if (!strcmp(argv[2], "life"))
		life();
	else if (argc > 3 && !strcmp(argv[2], "guess"))
		guess(atoi(argv[3]));
	else if (argc > 3)
		call(argv[3]);
	printf("end\n");
	return 0;
}
