/*
 * skf.h: the calls of libxinzhang_skf, which lets programs written for the smart
 * token interface of GM/T 0016-2012 (GB/T 35291-2017) use Xinzhang UKeys.
 *
 * Widths and layout. ULONG has 32 bits on every system and structures are
 * packed, so that a DEVINFO has 294 octets. A program compiled with another
 * header must agree; to be sure, fill 512 octets with 0xA5, hand them to
 * SKF_GetDevInfo and see how many were written: 294, and not 296, 326 or 328.
 * For programs that cannot be changed the library is also built with the other
 * layouts (make skf SKF_TAGS=skf_wide,skf_natural); compile with the macros of
 * the same names to use those. Structures of another width that are handed in
 * are refused with SAR_INVALIDPARAMERR or SAR_INDATAERR.
 *
 * Lengths. Where a function has an output buffer and a length pointer: with a
 * NULL buffer the length becomes what is needed and nothing else happens; a
 * buffer that is too small is SAR_BUFFER_TOO_SMALL with the length that is
 * needed; otherwise the length becomes what was written.
 *
 * Lists of names end with an empty name; each name ends with a zero.
 *
 * Numbers of SM2 are big-endian and right-aligned in 64 octets.
 *
 * Handles are numbers: a stale one, or one of another kind, is
 * SAR_INVALIDHANDLEERR. Any number of threads may call. The library must not be
 * unloaded, and a child after fork() must exec() before it calls.
 *
 * The UKeys are those of XINZHANG_HOME/tokens, by default ~/.xinzhang/tokens,
 * as the environment says at the first call.
 */
#ifndef XINZHANG_SKF_H
#define XINZHANG_SKF_H

#if defined(_WIN32) && !defined(skf_library)
#include <windows.h> /* BYTE, CHAR, BOOL, ULONG (32 bits), LPSTR, HANDLE */
#else
typedef unsigned char BYTE;
typedef char CHAR;
typedef int BOOL;
#ifdef skf_wide
typedef unsigned long long ULONG;
#else
typedef unsigned int ULONG;
#endif
typedef char *LPSTR;
#ifdef skf_library /* inside, a handle is the number that it is */
#include <stdint.h>
typedef uintptr_t HANDLE;
#else
typedef void *HANDLE;
#endif
#endif

#ifdef _WIN32
#define DEVAPI __stdcall
#else
#define DEVAPI
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef HANDLE DEVHANDLE;    /* a connection to a device */
typedef HANDLE HAPPLICATION; /* an application: PINs, files, containers */
typedef HANDLE HCONTAINER;   /* a signing pair, an encryption pair, two certificates */

#ifndef skf_natural
#pragma pack(push, 1)
#endif

typedef struct {
	BYTE major, minor;
} VERSION;

typedef struct {
	VERSION Version; /* of this structure: 1.0 */
	CHAR Manufacturer[64];
	CHAR Issuer[64];
	CHAR Label[32];
	CHAR SerialNumber[32];
	VERSION HWVersion;
	VERSION FirmwareVersion;
	ULONG AlgSymCap; /* SGD_* of block ciphers, or-ed */
	ULONG AlgAsymCap;
	ULONG AlgHashCap;
	ULONG DevAuthAlgId; /* under which SKF_DevAuth wants its answer */
	ULONG TotalSpace;   /* octets */
	ULONG FreeSpace;
	ULONG MaxECCBufferSize;
	ULONG MaxBufferSize;
	BYTE Reserved[64];
} DEVINFO;

typedef struct {
	ULONG BitLen; /* 256 */
	BYTE XCoordinate[64];
	BYTE YCoordinate[64];
} ECCPUBLICKEYBLOB;

typedef struct {
	ULONG BitLen; /* 256 */
	BYTE PrivateKey[64];
} ECCPRIVATEKEYBLOB;

typedef struct {
	BYTE XCoordinate[64]; /* C1 */
	BYTE YCoordinate[64];
	BYTE HASH[32]; /* C3 */
	ULONG CipherLen;
	BYTE Cipher[1]; /* C2, CipherLen octets: allocate them */
} ECCCIPHERBLOB;

typedef struct {
	BYTE r[64];
	BYTE s[64];
} ECCSIGNATUREBLOB;

typedef struct {
	BYTE IV[32];
	ULONG IVLen;
	ULONG PaddingType; /* 0 none, 1 PKCS #5 */
	ULONG FeedBitLen;  /* CFB, OFB: bits fed back; 0 is 128 */
} BLOCKCIPHERPARAM;

typedef struct {
	ULONG Version;              /* 1 */
	ULONG ulSymmAlgID;          /* SGD_SM4_ECB */
	ULONG ulBits;               /* 256 */
	BYTE cbEncryptedPriKey[64]; /* the private key, right-aligned, under a fresh key */
	ECCPUBLICKEYBLOB PubKey;
	ECCCIPHERBLOB ECCCipherBlob; /* the fresh key to the signing key of the container */
} ENVELOPEDKEYBLOB;

typedef struct {
	CHAR FileName[32];
	ULONG FileSize;
	ULONG ReadRights;
	ULONG WriteRights;
} FILEATTRIBUTE;

typedef struct {
	ULONG AlgID;
	ULONG BitLen;
	BYTE Modulus[256];
	BYTE PublicExponent[4];
} RSAPUBLICKEYBLOB;

typedef struct {
	ULONG AlgID;
	ULONG BitLen;
	BYTE Modulus[256];
	BYTE PublicExponent[4];
	BYTE PrivateExponent[256];
	BYTE Prime1[128];
	BYTE Prime2[128];
	BYTE Prime1Exponent[128];
	BYTE Prime2Exponent[128];
	BYTE Coefficient[128];
} RSAPRIVATEKEYBLOB;

#ifndef skf_natural
#pragma pack(pop)
#endif

/* Algorithms. */
#define SGD_SM4_ECB 0x00000401
#define SGD_SM4_CBC 0x00000402
#define SGD_SM4_CFB 0x00000404
#define SGD_SM4_OFB 0x00000408
#define SGD_SM4_MAC 0x00000410
#define SGD_SM2_1 0x00020100 /* signing */
#define SGD_SM2_2 0x00020200 /* key exchange */
#define SGD_SM2_3 0x00020400 /* encryption */
#define SGD_SM3 0x00000001

/* PINs, rights of files, states and events of devices. */
#define ADMIN_TYPE 0
#define USER_TYPE 1
#define SECURE_NEVER_ACCOUNT 0x00
#define SECURE_ADM_ACCOUNT 0x01
#define SECURE_USER_ACCOUNT 0x10
#define SECURE_ANYONE_ACCOUNT 0xFF
#define DEV_ABSENT_STATE 0
#define DEV_PRESENT_STATE 1
#define DEV_UNKNOW_STATE 2
#define DEV_EVENT_INSERT 1
#define DEV_EVENT_REMOVE 2

/* Answers. */
#define SAR_OK 0
#define SAR_FAIL 0x0A000001                      /* also: a signature is wrong */
#define SAR_UNKNOWNERR 0x0A000002                /* a mistake inside the library */
#define SAR_NOTSUPPORTYETERR 0x0A000003
#define SAR_FILEERR 0x0A000004                   /* the UKey cannot be read, or is damaged */
#define SAR_INVALIDHANDLEERR 0x0A000005
#define SAR_INVALIDPARAMERR 0x0A000006
#define SAR_WRITEFILEERR 0x0A000008              /* the data does not fit into the file */
#define SAR_NAMELENERR 0x0A000009                /* a name that cannot be used */
#define SAR_KEYUSAGEERR 0x0A00000A
#define SAR_NOTINITIALIZEERR 0x0A00000C          /* …Init is missing; the factory device key still stands */
#define SAR_OBJERR 0x0A00000D                    /* the container or its key is there already */
#define SAR_MEMORYERR 0x0A00000E                 /* too many open handles */
#define SAR_TIMEOUTERR 0x0A00000F                /* another program uses the device */
#define SAR_INDATALENERR 0x0A000010
#define SAR_INDATAERR 0x0A000011                 /* not a key, certificate or cipher for this place */
#define SAR_HASHOBJERR 0x0A000013                /* the digest is ended */
#define SAR_KEYNOTFOUNTERR 0x0A00001B            /* no such key or container */
#define SAR_CERTNOTFOUNTERR 0x0A00001C
#define SAR_DECRYPTPADERR 0x0A00001E
#define SAR_BUFFER_TOO_SMALL 0x0A000020
#define SAR_NOT_EVENTERR 0x0A000022              /* the waiting was cancelled */
#define SAR_DEVICE_REMOVED 0x0A000023
#define SAR_PIN_INCORRECT 0x0A000024             /* also: the device key is wrong */
#define SAR_PIN_LOCKED 0x0A000025
#define SAR_PIN_INVALID 0x0A000026               /* the new PIN is too simple; no try was spent */
#define SAR_PIN_LEN_RANGE 0x0A000027             /* not 6 to 16 characters; no try was spent */
#define SAR_USER_PIN_NOT_INITIALIZED 0x0A000029  /* the first PIN must be changed before the key is used */
#define SAR_USER_TYPE_INVALID 0x0A00002A
#define SAR_APPLICATION_NAME_INVALID 0x0A00002B
#define SAR_APPLICATION_EXISTS 0x0A00002C
#define SAR_USER_NOT_LOGGED_IN 0x0A00002D        /* a PIN, or SKF_DevAuth, is needed first */
#define SAR_APPLICATION_NOT_EXISTS 0x0A00002E
#define SAR_FILE_ALREADY_EXIST 0x0A00002F
#define SAR_NO_ROOM 0x0A000030
#define SAR_FILE_NOT_EXIST 0x0A000031
#define SAR_REACH_MAX_CONTAINER_COUNT 0x0A000032

/* Devices. An event is told once, to one waiting thread. */
ULONG DEVAPI SKF_WaitForDevEvent(LPSTR szDevName, ULONG *pulDevNameLen, ULONG *pulEvent);
ULONG DEVAPI SKF_CancelWaitForDevEvent(void);
ULONG DEVAPI SKF_EnumDev(BOOL bPresent, LPSTR szNameList, ULONG *pulSize);
ULONG DEVAPI SKF_ConnectDev(LPSTR szName, DEVHANDLE *phDev);
ULONG DEVAPI SKF_DisConnectDev(DEVHANDLE hDev);
ULONG DEVAPI SKF_GetDevState(LPSTR szDevName, ULONG *pulDevState);
ULONG DEVAPI SKF_SetLabel(DEVHANDLE hDev, LPSTR szLabel);
ULONG DEVAPI SKF_GetDevInfo(DEVHANDLE hDev, DEVINFO *pDevInfo);
ULONG DEVAPI SKF_LockDev(DEVHANDLE hDev, ULONG ulTimeOut);
ULONG DEVAPI SKF_UnlockDev(DEVHANDLE hDev);
ULONG DEVAPI SKF_Transmit(DEVHANDLE hDev, BYTE *pbCommand, ULONG ulCommandLen, BYTE *pbData, ULONG *pulDataLen);

/* Access. The device key answers a challenge: draw 8 octets by SKF_GenRandom, add
 * 8 zeros, encrypt them with SGD_SM4_ECB under the key. Wrong keys are counted. */
ULONG DEVAPI SKF_ChangeDevAuthKey(DEVHANDLE hDev, BYTE *pbKeyValue, ULONG ulKeyLen);
ULONG DEVAPI SKF_DevAuth(DEVHANDLE hDev, BYTE *pbAuthData, ULONG ulLen);
ULONG DEVAPI SKF_ChangePIN(HAPPLICATION hApplication, ULONG ulPINType, LPSTR szOldPin, LPSTR szNewPin,
	ULONG *pulRetryCount);
ULONG DEVAPI SKF_GetPINInfo(HAPPLICATION hApplication, ULONG ulPINType, ULONG *pulMaxRetryCount,
	ULONG *pulRemainRetryCount, BOOL *pbDefaultPin);
ULONG DEVAPI SKF_VerifyPIN(HAPPLICATION hApplication, ULONG ulPINType, LPSTR szPIN, ULONG *pulRetryCount);
ULONG DEVAPI SKF_UnblockPIN(HAPPLICATION hApplication, LPSTR szAdminPIN, LPSTR szNewUserPIN,
	ULONG *pulRetryCount);
ULONG DEVAPI SKF_ClearSecureState(HAPPLICATION hApplication);

/* Applications. Making and deleting one needs SKF_DevAuth. */
ULONG DEVAPI SKF_CreateApplication(DEVHANDLE hDev, LPSTR szAppName, LPSTR szAdminPin,
	ULONG dwAdminPinRetryCount, LPSTR szUserPin, ULONG dwUserPinRetryCount, ULONG dwCreateFileRights,
	HAPPLICATION *phApplication);
ULONG DEVAPI SKF_EnumApplication(DEVHANDLE hDev, LPSTR szAppName, ULONG *pulSize);
ULONG DEVAPI SKF_DeleteApplication(DEVHANDLE hDev, LPSTR szAppName);
ULONG DEVAPI SKF_OpenApplication(DEVHANDLE hDev, LPSTR szAppName, HAPPLICATION *phApplication);
ULONG DEVAPI SKF_CloseApplication(HAPPLICATION hApplication);

/* Files. */
ULONG DEVAPI SKF_CreateFile(HAPPLICATION hApplication, LPSTR szFileName, ULONG ulFileSize, ULONG ulReadRights,
	ULONG ulWriteRights);
ULONG DEVAPI SKF_DeleteFile(HAPPLICATION hApplication, LPSTR szFileName);
ULONG DEVAPI SKF_EnumFiles(HAPPLICATION hApplication, LPSTR szFileList, ULONG *pulSize);
ULONG DEVAPI SKF_GetFileInfo(HAPPLICATION hApplication, LPSTR szFileName, FILEATTRIBUTE *pFileInfo);
ULONG DEVAPI SKF_ReadFile(HAPPLICATION hApplication, LPSTR szFileName, ULONG ulOffset, ULONG ulSize,
	BYTE *pbOutData, ULONG *pulOutLen);
ULONG DEVAPI SKF_WriteFile(HAPPLICATION hApplication, LPSTR szFileName, ULONG ulOffset, BYTE *pbData,
	ULONG ulSize);

/* Containers. bSignFlag: TRUE the signing pair, FALSE the encryption pair. */
ULONG DEVAPI SKF_CreateContainer(HAPPLICATION hApplication, LPSTR szContainerName, HCONTAINER *phContainer);
ULONG DEVAPI SKF_DeleteContainer(HAPPLICATION hApplication, LPSTR szContainerName);
ULONG DEVAPI SKF_OpenContainer(HAPPLICATION hApplication, LPSTR szContainerName, HCONTAINER *phContainer);
ULONG DEVAPI SKF_CloseContainer(HCONTAINER hContainer);
ULONG DEVAPI SKF_EnumContainer(HAPPLICATION hApplication, LPSTR szContainerName, ULONG *pulSize);
ULONG DEVAPI SKF_GetContainerType(HCONTAINER hContainer, ULONG *pulContainerType);
ULONG DEVAPI SKF_ImportCertificate(HCONTAINER hContainer, BOOL bSignFlag, BYTE *pbCert, ULONG ulCertLen);
ULONG DEVAPI SKF_ExportCertificate(HCONTAINER hContainer, BOOL bSignFlag, BYTE *pbCert, ULONG *pulCertLen);
ULONG DEVAPI SKF_ExportPublicKey(HCONTAINER hContainer, BOOL bSignFlag, BYTE *pbBlob, ULONG *pulBlobLen);

/* SM2. Digests are e = SM3(Z || M), 32 octets. */
ULONG DEVAPI SKF_GenECCKeyPair(HCONTAINER hContainer, ULONG ulAlgId, ECCPUBLICKEYBLOB *pBlob);
ULONG DEVAPI SKF_ImportECCKeyPair(HCONTAINER hContainer, ENVELOPEDKEYBLOB *pEnvelopedKeyBlob);
ULONG DEVAPI SKF_ECCSignData(HCONTAINER hContainer, BYTE *pbData, ULONG ulDataLen,
	ECCSIGNATUREBLOB *pSignature);
ULONG DEVAPI SKF_ECCVerify(DEVHANDLE hDev, ECCPUBLICKEYBLOB *pECCPubKeyBlob, BYTE *pbData, ULONG ulDataLen,
	ECCSIGNATUREBLOB *pSignature);
ULONG DEVAPI SKF_ECCExportSessionKey(HCONTAINER hContainer, ULONG ulAlgId, ECCPUBLICKEYBLOB *pPubKey,
	ECCCIPHERBLOB *pData, HANDLE *phSessionKey);
ULONG DEVAPI SKF_ExtECCEncrypt(DEVHANDLE hDev, ECCPUBLICKEYBLOB *pECCPubKeyBlob, BYTE *pbPlainText,
	ULONG ulPlainTextLen, ECCCIPHERBLOB *pCipherText);
ULONG DEVAPI SKF_ExtECCDecrypt(DEVHANDLE hDev, ECCPRIVATEKEYBLOB *pECCPriKeyBlob, ECCCIPHERBLOB *pCipherText,
	BYTE *pbPlainText, ULONG *pulPlainTextLen);
ULONG DEVAPI SKF_ExtECCSign(DEVHANDLE hDev, ECCPRIVATEKEYBLOB *pECCPriKeyBlob, BYTE *pbData, ULONG ulDataLen,
	ECCSIGNATUREBLOB *pSignature);
ULONG DEVAPI SKF_ExtECCVerify(DEVHANDLE hDev, ECCPUBLICKEYBLOB *pECCPubKeyBlob, BYTE *pbData, ULONG ulDataLen,
	ECCSIGNATUREBLOB *pSignature);
ULONG DEVAPI SKF_GenerateAgreementDataWithECC(HCONTAINER hContainer, ULONG ulAlgId,
	ECCPUBLICKEYBLOB *pTempECCPubKeyBlob, BYTE *pbID, ULONG ulIDLen, HANDLE *phAgreementHandle);
ULONG DEVAPI SKF_GenerateAgreementDataAndKeyWithECC(HCONTAINER hContainer, ULONG ulAlgId,
	ECCPUBLICKEYBLOB *pSponsorECCPubKeyBlob, ECCPUBLICKEYBLOB *pSponsorTempECCPubKeyBlob,
	ECCPUBLICKEYBLOB *pTempECCPubKeyBlob, BYTE *pbID, ULONG ulIDLen, BYTE *pbSponsorID, ULONG ulSponsorIDLen,
	HANDLE *phKeyHandle);
ULONG DEVAPI SKF_GenerateKeyWithECC(HANDLE hAgreementHandle, ECCPUBLICKEYBLOB *pECCPubKeyBlob,
	ECCPUBLICKEYBLOB *pTempECCPubKeyBlob, BYTE *pbID, ULONG ulIDLen, HANDLE *phKeyHandle);

/* Session keys and SM4. A key has its mode; an Init comes before every message. */
ULONG DEVAPI SKF_GenRandom(DEVHANDLE hDev, BYTE *pbRandom, ULONG ulRandomLen);
ULONG DEVAPI SKF_ImportSessionKey(HCONTAINER hContainer, ULONG ulAlgId, BYTE *pbWrapedData, ULONG ulWrapedLen,
	HANDLE *phKey);
ULONG DEVAPI SKF_SetSymmKey(DEVHANDLE hDev, BYTE *pbKey, ULONG ulAlgID, HANDLE *phKey);
ULONG DEVAPI SKF_EncryptInit(HANDLE hKey, BLOCKCIPHERPARAM EncryptParam);
ULONG DEVAPI SKF_Encrypt(HANDLE hKey, BYTE *pbData, ULONG ulDataLen, BYTE *pbEncryptedData,
	ULONG *pulEncryptedLen);
ULONG DEVAPI SKF_EncryptUpdate(HANDLE hKey, BYTE *pbData, ULONG ulDataLen, BYTE *pbEncryptedData,
	ULONG *pulEncryptedLen);
ULONG DEVAPI SKF_EncryptFinal(HANDLE hKey, BYTE *pbEncryptedData, ULONG *pulEncryptedLen);
ULONG DEVAPI SKF_DecryptInit(HANDLE hKey, BLOCKCIPHERPARAM DecryptParam);
ULONG DEVAPI SKF_Decrypt(HANDLE hKey, BYTE *pbEncryptedData, ULONG ulEncryptedLen, BYTE *pbData,
	ULONG *pulDataLen);
ULONG DEVAPI SKF_DecryptUpdate(HANDLE hKey, BYTE *pbEncryptedData, ULONG ulEncryptedLen, BYTE *pbData,
	ULONG *pulDataLen);
ULONG DEVAPI SKF_DecryptFinal(HANDLE hKey, BYTE *pbData, ULONG *pulDataLen);

/* SM3 and CBC-MAC. With pucID and ulIDLen, Z of pPubKey is hashed first. */
ULONG DEVAPI SKF_DigestInit(DEVHANDLE hDev, ULONG ulAlgID, ECCPUBLICKEYBLOB *pPubKey, BYTE *pucID,
	ULONG ulIDLen, HANDLE *phHash);
ULONG DEVAPI SKF_Digest(HANDLE hHash, BYTE *pbData, ULONG ulDataLen, BYTE *pbHashData, ULONG *pulHashLen);
ULONG DEVAPI SKF_DigestUpdate(HANDLE hHash, BYTE *pbData, ULONG ulDataLen);
ULONG DEVAPI SKF_DigestFinal(HANDLE hHash, BYTE *pHashData, ULONG *pulHashLen);
ULONG DEVAPI SKF_MacInit(HANDLE hKey, BLOCKCIPHERPARAM *pMacParam, HANDLE *phMac);
ULONG DEVAPI SKF_Mac(HANDLE hMac, BYTE *pbData, ULONG ulDataLen, BYTE *pbMacData, ULONG *pulMacLen);
ULONG DEVAPI SKF_MacUpdate(HANDLE hMac, BYTE *pbData, ULONG ulDataLen);
ULONG DEVAPI SKF_MacFinal(HANDLE hMac, BYTE *pbMacData, ULONG *pulMacDataLen);
ULONG DEVAPI SKF_CloseHandle(HANDLE hHandle);

/* RSA. Always SAR_NOTSUPPORTYETERR. */
ULONG DEVAPI SKF_GenExtRSAKey(DEVHANDLE hDev, ULONG ulBitsLen, RSAPRIVATEKEYBLOB *pBlob);
ULONG DEVAPI SKF_GenRSAKeyPair(HCONTAINER hContainer, ULONG ulBitsLen, RSAPUBLICKEYBLOB *pBlob);
ULONG DEVAPI SKF_ImportRSAKeyPair(HCONTAINER hContainer, ULONG ulSymAlgId, BYTE *pbWrappedKey,
	ULONG ulWrappedKeyLen, BYTE *pbEncryptedData, ULONG ulEncryptedDataLen);
ULONG DEVAPI SKF_RSASignData(HCONTAINER hContainer, BYTE *pbData, ULONG ulDataLen, BYTE *pbSignature,
	ULONG *pulSignLen);
ULONG DEVAPI SKF_RSAVerify(DEVHANDLE hDev, RSAPUBLICKEYBLOB *pRSAPubKeyBlob, BYTE *pbData, ULONG ulDataLen,
	BYTE *pbSignature, ULONG ulSignLen);
ULONG DEVAPI SKF_RSAExportSessionKey(HCONTAINER hContainer, ULONG ulAlgId, RSAPUBLICKEYBLOB *pPubKey,
	BYTE *pbData, ULONG *pulDataLen, HANDLE *phSessionKey);
ULONG DEVAPI SKF_ExtRSAPubKeyOperation(DEVHANDLE hDev, RSAPUBLICKEYBLOB *pRSAPubKeyBlob, BYTE *pbInput,
	ULONG ulInputLen, BYTE *pbOutput, ULONG *pulOutputLen);
ULONG DEVAPI SKF_ExtRSAPriKeyOperation(DEVHANDLE hDev, RSAPRIVATEKEYBLOB *pRSAPriKeyBlob, BYTE *pbInput,
	ULONG ulInputLen, BYTE *pbOutput, ULONG *pulOutputLen);

#ifdef __cplusplus
}
#endif
#endif
