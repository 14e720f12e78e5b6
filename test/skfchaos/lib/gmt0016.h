/*
 * gmt0016.h: the calls of GM/T 0016-2012, as the tokens of the field lay them
 * out. Written for the tests alone, from the tables of the standard, and sharing
 * nothing with cmd/skf/skf.h: two readings that agree are worth more than one.
 *
 * ULONG_BYTES (4 or 8) is the width of ULONG, NATURAL leaves structures unpacked.
 */
#ifndef GMT0016_H
#define GMT0016_H

#ifndef ULONG_BYTES
#define ULONG_BYTES 4
#endif

typedef unsigned char BYTE;
typedef char CHAR;
typedef int BOOL;
#if ULONG_BYTES == 8
typedef unsigned long long ULONG;
#else
typedef unsigned int ULONG;
#endif
typedef ULONG DWORD;
typedef char *LPSTR;
typedef void *HANDLE;
typedef HANDLE DEVHANDLE, HAPPLICATION, HCONTAINER;

#ifndef NATURAL
#pragma pack(push, 1)
#endif

typedef struct {
	BYTE major, minor;
} VERSION;

typedef struct {
	VERSION Version;
	CHAR Manufacturer[64], Issuer[64], Label[32], SerialNumber[32];
	VERSION HWVersion, FirmwareVersion;
	ULONG AlgSymCap, AlgAsymCap, AlgHashCap, DevAuthAlgId, TotalSpace, FreeSpace;
	ULONG MaxECCBufferSize, MaxBufferSize;
	BYTE Reserved[64];
} DEVINFO;

typedef struct {
	ULONG AlgID, BitLen;
	BYTE Modulus[256], PublicExponent[4];
} RSAPUBLICKEYBLOB;

typedef struct {
	ULONG AlgID, BitLen;
	BYTE Modulus[256], PublicExponent[4], PrivateExponent[256];
	BYTE Prime1[128], Prime2[128], Prime1Exponent[128], Prime2Exponent[128], Coefficient[128];
} RSAPRIVATEKEYBLOB;

typedef struct {
	ULONG BitLen;
	BYTE XCoordinate[64], YCoordinate[64];
} ECCPUBLICKEYBLOB;

typedef struct {
	ULONG BitLen;
	BYTE PrivateKey[64];
} ECCPRIVATEKEYBLOB;

typedef struct {
	BYTE XCoordinate[64], YCoordinate[64], HASH[32];
	ULONG CipherLen;
	BYTE Cipher[1];
} ECCCIPHERBLOB;

typedef struct {
	BYTE r[64], s[64];
} ECCSIGNATUREBLOB;

typedef struct {
	BYTE IV[32];
	ULONG IVLen, PaddingType, FeedBitLen;
} BLOCKCIPHERPARAM;

typedef struct {
	ULONG Version, ulSymmAlgID, ulBits;
	BYTE cbEncryptedPriKey[64];
	ECCPUBLICKEYBLOB PubKey;
	ECCCIPHERBLOB ECCCipherBlob;
} ENVELOPEDKEYBLOB;

typedef struct {
	CHAR FileName[32];
	ULONG FileSize, ReadRights, WriteRights;
} FILEATTRIBUTE;

#ifndef NATURAL
#pragma pack(pop)
#endif

enum {
	ADMIN_TYPE = 0, USER_TYPE = 1,
	SECURE_NEVER = 0, SECURE_ADMIN = 1, SECURE_USER = 0x10, SECURE_ANYONE = 0xFF,
	DEV_ABSENT = 0, DEV_PRESENT = 1,
	EVENT_INSERT = 1, EVENT_REMOVE = 2,
	SGD_SM4_ECB = 0x401, SGD_SM4_CBC = 0x402, SGD_SM4_CFB = 0x404, SGD_SM4_OFB = 0x408, SGD_SM4_MAC = 0x410,
	SGD_SM2_1 = 0x20100, SGD_SM2_3 = 0x20400, SGD_SM3 = 1,
};

#define SAR(n) (0x0A000000u + (n))
#define SAR_OK 0
#define SAR_FAIL SAR(0x01)
#define SAR_NOTSUPPORTYETERR SAR(0x03)
#define SAR_FILEERR SAR(0x04)
#define SAR_INVALIDHANDLEERR SAR(0x05)
#define SAR_INVALIDPARAMERR SAR(0x06)
#define SAR_WRITEFILEERR SAR(0x08)
#define SAR_NAMELENERR SAR(0x09)
#define SAR_NOTINITIALIZEERR SAR(0x0C)
#define SAR_OBJERR SAR(0x0D)
#define SAR_MEMORYERR SAR(0x0E)
#define SAR_TIMEOUTERR SAR(0x0F)
#define SAR_INDATALENERR SAR(0x10)
#define SAR_INDATAERR SAR(0x11)
#define SAR_GENRANDERR SAR(0x12)
#define SAR_HASHERR SAR(0x14)
#define SAR_KEYNOTFOUNTERR SAR(0x1B)
#define SAR_CERTNOTFOUNTERR SAR(0x1C)
#define SAR_DECRYPTPADERR SAR(0x1E)
#define SAR_BUFFER_TOO_SMALL SAR(0x20)
#define SAR_NOT_EVENTERR SAR(0x22)
#define SAR_DEVICE_REMOVED SAR(0x23)
#define SAR_PIN_INCORRECT SAR(0x24)
#define SAR_PIN_LOCKED SAR(0x25)
#define SAR_PIN_LEN_RANGE SAR(0x27)
#define SAR_USER_TYPE_INVALID SAR(0x2A)
#define SAR_APPLICATION_EXISTS SAR(0x2C)
#define SAR_USER_NOT_LOGGED_IN SAR(0x2D)
#define SAR_APPLICATION_NOT_EXISTS SAR(0x2E)
#define SAR_FILE_ALREADY_EXIST SAR(0x2F)
#define SAR_NO_ROOM SAR(0x30)
#define SAR_FILE_NOT_EXIST SAR(0x31)
#define SAR_REACH_MAX_CONTAINER_COUNT SAR(0x32)

#ifdef MISSPELT /* as some vendors export it */
#define SKF_GetContainerType SKF_GetContianerType
#endif

#pragma GCC visibility push(default)

/* 7.1 devices */
ULONG SKF_WaitForDevEvent(LPSTR szDevName, ULONG *pulDevNameLen, ULONG *pulEvent);
ULONG SKF_CancelWaitForDevEvent(void);
ULONG SKF_EnumDev(BOOL bPresent, LPSTR szNameList, ULONG *pulSize);
ULONG SKF_ConnectDev(LPSTR szName, DEVHANDLE *phDev);
ULONG SKF_DisConnectDev(DEVHANDLE hDev);
ULONG SKF_GetDevState(LPSTR szDevName, ULONG *pulDevState);
ULONG SKF_SetLabel(DEVHANDLE hDev, LPSTR szLabel);
ULONG SKF_GetDevInfo(DEVHANDLE hDev, DEVINFO *pDevInfo);
ULONG SKF_LockDev(DEVHANDLE hDev, ULONG ulTimeOut);
ULONG SKF_UnlockDev(DEVHANDLE hDev);
ULONG SKF_Transmit(DEVHANDLE hDev, BYTE *pbCommand, ULONG ulCommandLen, BYTE *pbData, ULONG *pulDataLen);

/* 7.2 access */
ULONG SKF_ChangeDevAuthKey(DEVHANDLE hDev, BYTE *pbKeyValue, ULONG ulKeyLen);
ULONG SKF_DevAuth(DEVHANDLE hDev, BYTE *pbAuthData, ULONG ulLen);
ULONG SKF_ChangePIN(HAPPLICATION hApp, ULONG ulPINType, LPSTR szOldPin, LPSTR szNewPin, ULONG *pulRetryCount);
ULONG SKF_GetPINInfo(HAPPLICATION hApp, ULONG ulPINType, ULONG *pulMax, ULONG *pulRemain, BOOL *pbDefault);
ULONG SKF_VerifyPIN(HAPPLICATION hApp, ULONG ulPINType, LPSTR szPIN, ULONG *pulRetryCount);
ULONG SKF_UnblockPIN(HAPPLICATION hApp, LPSTR szAdminPIN, LPSTR szNewUserPIN, ULONG *pulRetryCount);
ULONG SKF_ClearSecureState(HAPPLICATION hApp);

/* 7.3 applications */
ULONG SKF_CreateApplication(DEVHANDLE hDev, LPSTR szAppName, LPSTR szAdminPin, DWORD dwAdminRetry, LPSTR szUserPin,
	DWORD dwUserRetry, DWORD dwCreateFileRights, HAPPLICATION *phApp);
ULONG SKF_EnumApplication(DEVHANDLE hDev, LPSTR szAppName, ULONG *pulSize);
ULONG SKF_DeleteApplication(DEVHANDLE hDev, LPSTR szAppName);
ULONG SKF_OpenApplication(DEVHANDLE hDev, LPSTR szAppName, HAPPLICATION *phApp);
ULONG SKF_CloseApplication(HAPPLICATION hApp);

/* 7.4 files */
ULONG SKF_CreateFile(HAPPLICATION hApp, LPSTR szFileName, ULONG ulFileSize, ULONG ulReadRights, ULONG ulWriteRights);
ULONG SKF_DeleteFile(HAPPLICATION hApp, LPSTR szFileName);
ULONG SKF_EnumFiles(HAPPLICATION hApp, LPSTR szFileList, ULONG *pulSize);
ULONG SKF_GetFileInfo(HAPPLICATION hApp, LPSTR szFileName, FILEATTRIBUTE *pFileInfo);
ULONG SKF_ReadFile(HAPPLICATION hApp, LPSTR szFileName, ULONG ulOffset, ULONG ulSize, BYTE *pbOut, ULONG *pulOutLen);
ULONG SKF_WriteFile(HAPPLICATION hApp, LPSTR szFileName, ULONG ulOffset, BYTE *pbData, ULONG ulSize);

/* 7.5 containers */
ULONG SKF_CreateContainer(HAPPLICATION hApp, LPSTR szName, HCONTAINER *phContainer);
ULONG SKF_DeleteContainer(HAPPLICATION hApp, LPSTR szName);
ULONG SKF_OpenContainer(HAPPLICATION hApp, LPSTR szName, HCONTAINER *phContainer);
ULONG SKF_CloseContainer(HCONTAINER hContainer);
ULONG SKF_EnumContainer(HAPPLICATION hApp, LPSTR szList, ULONG *pulSize);
ULONG SKF_GetContainerType(HCONTAINER hContainer, ULONG *pulType);
#ifdef DRAFT2010 /* the draft of 2010 has no sign flag and a call of one vendor */
ULONG SKF_WriteCert(HCONTAINER hContainer, BYTE *pbCert, ULONG ulCertLen);
ULONG SKF_ReadCert(HCONTAINER hContainer, BYTE *pbCert, ULONG *pulCertLen);
ULONG HTGMFormat(void);
#else
ULONG SKF_ImportCertificate(HCONTAINER hContainer, BOOL bSign, BYTE *pbCert, ULONG ulCertLen);
ULONG SKF_ExportCertificate(HCONTAINER hContainer, BOOL bSign, BYTE *pbCert, ULONG *pulCertLen);
#endif

/* 7.6 cryptography */
ULONG SKF_GenRandom(DEVHANDLE hDev, BYTE *pbRandom, ULONG ulRandomLen);
ULONG SKF_GenExtRSAKey(DEVHANDLE hDev, ULONG ulBitsLen, RSAPRIVATEKEYBLOB *pBlob);
ULONG SKF_GenRSAKeyPair(HCONTAINER hContainer, ULONG ulBitsLen, RSAPUBLICKEYBLOB *pBlob);
ULONG SKF_ImportRSAKeyPair(HCONTAINER hContainer, ULONG ulSymAlgId, BYTE *pbWrappedKey, ULONG ulWrappedKeyLen,
	BYTE *pbEncryptedData, ULONG ulEncryptedDataLen);
ULONG SKF_RSASignData(HCONTAINER hContainer, BYTE *pbData, ULONG ulDataLen, BYTE *pbSignature, ULONG *pulSignLen);
ULONG SKF_RSAVerify(DEVHANDLE hDev, RSAPUBLICKEYBLOB *pKey, BYTE *pbData, ULONG ulDataLen, BYTE *pbSignature, ULONG ulSignLen);
ULONG SKF_RSAExportSessionKey(HCONTAINER hContainer, ULONG ulAlgId, RSAPUBLICKEYBLOB *pPubKey, BYTE *pbData,
	ULONG *pulDataLen, HANDLE *phSessionKey);
ULONG SKF_ExtRSAPubKeyOperation(DEVHANDLE hDev, RSAPUBLICKEYBLOB *pKey, BYTE *pbInput, ULONG ulInputLen, BYTE *pbOutput, ULONG *pulOutputLen);
ULONG SKF_ExtRSAPriKeyOperation(DEVHANDLE hDev, RSAPRIVATEKEYBLOB *pKey, BYTE *pbInput, ULONG ulInputLen, BYTE *pbOutput, ULONG *pulOutputLen);
ULONG SKF_GenECCKeyPair(HCONTAINER hContainer, ULONG ulAlgId, ECCPUBLICKEYBLOB *pBlob);
ULONG SKF_ImportECCKeyPair(HCONTAINER hContainer, ENVELOPEDKEYBLOB *pEnvelopedKeyBlob);
ULONG SKF_ECCSignData(HCONTAINER hContainer, BYTE *pbDigest, ULONG ulDigestLen, ECCSIGNATUREBLOB *pSignature);
ULONG SKF_ECCVerify(DEVHANDLE hDev, ECCPUBLICKEYBLOB *pKey, BYTE *pbData, ULONG ulDataLen, ECCSIGNATUREBLOB *pSignature);
ULONG SKF_ECCExportSessionKey(HCONTAINER hContainer, ULONG ulAlgId, ECCPUBLICKEYBLOB *pKey, ECCCIPHERBLOB *pData, HANDLE *phSessionKey);
ULONG SKF_ExtECCEncrypt(DEVHANDLE hDev, ECCPUBLICKEYBLOB *pKey, BYTE *pbPlain, ULONG ulPlainLen, ECCCIPHERBLOB *pCipher);
ULONG SKF_ExtECCDecrypt(DEVHANDLE hDev, ECCPRIVATEKEYBLOB *pKey, ECCCIPHERBLOB *pCipher, BYTE *pbPlain, ULONG *pulPlainLen);
ULONG SKF_ExtECCSign(DEVHANDLE hDev, ECCPRIVATEKEYBLOB *pKey, BYTE *pbData, ULONG ulDataLen, ECCSIGNATUREBLOB *pSignature);
ULONG SKF_ExtECCVerify(DEVHANDLE hDev, ECCPUBLICKEYBLOB *pKey, BYTE *pbData, ULONG ulDataLen, ECCSIGNATUREBLOB *pSignature);
ULONG SKF_GenerateAgreementDataWithECC(HCONTAINER hContainer, ULONG ulAlgId, ECCPUBLICKEYBLOB *pTempKey, BYTE *pbID, ULONG ulIDLen, HANDLE *phAgreement);
ULONG SKF_GenerateAgreementDataAndKeyWithECC(HCONTAINER hContainer, ULONG ulAlgId, ECCPUBLICKEYBLOB *pSponsorKey,
	ECCPUBLICKEYBLOB *pSponsorTempKey, ECCPUBLICKEYBLOB *pTempKey, BYTE *pbID, ULONG ulIDLen, BYTE *pbSponsorID,
	ULONG ulSponsorIDLen, HANDLE *phKey);
ULONG SKF_GenerateKeyWithECC(HANDLE hAgreement, ECCPUBLICKEYBLOB *pKey, ECCPUBLICKEYBLOB *pTempKey, BYTE *pbID, ULONG ulIDLen, HANDLE *phKey);
ULONG SKF_ExportPublicKey(HCONTAINER hContainer, BOOL bSign, BYTE *pbBlob, ULONG *pulBlobLen);
ULONG SKF_ImportSessionKey(HCONTAINER hContainer, ULONG ulAlgId, BYTE *pbWrapped, ULONG ulWrappedLen, HANDLE *phKey);
ULONG SKF_SetSymmKey(DEVHANDLE hDev, BYTE *pbKey, ULONG ulAlgId, HANDLE *phKey);
ULONG SKF_EncryptInit(HANDLE hKey, BLOCKCIPHERPARAM param);
ULONG SKF_Encrypt(HANDLE hKey, BYTE *pbData, ULONG ulDataLen, BYTE *pbOut, ULONG *pulOutLen);
ULONG SKF_EncryptUpdate(HANDLE hKey, BYTE *pbData, ULONG ulDataLen, BYTE *pbOut, ULONG *pulOutLen);
ULONG SKF_EncryptFinal(HANDLE hKey, BYTE *pbOut, ULONG *pulOutLen);
ULONG SKF_DecryptInit(HANDLE hKey, BLOCKCIPHERPARAM param);
ULONG SKF_Decrypt(HANDLE hKey, BYTE *pbData, ULONG ulDataLen, BYTE *pbOut, ULONG *pulOutLen);
ULONG SKF_DecryptUpdate(HANDLE hKey, BYTE *pbData, ULONG ulDataLen, BYTE *pbOut, ULONG *pulOutLen);
ULONG SKF_DecryptFinal(HANDLE hKey, BYTE *pbOut, ULONG *pulOutLen);
ULONG SKF_DigestInit(DEVHANDLE hDev, ULONG ulAlgID, ECCPUBLICKEYBLOB *pPubKey, BYTE *pbID, ULONG ulIDLen, HANDLE *phHash);
ULONG SKF_Digest(HANDLE hHash, BYTE *pbData, ULONG ulDataLen, BYTE *pbHash, ULONG *pulHashLen);
ULONG SKF_DigestUpdate(HANDLE hHash, BYTE *pbData, ULONG ulDataLen);
ULONG SKF_DigestFinal(HANDLE hHash, BYTE *pbHash, ULONG *pulHashLen);
ULONG SKF_MacInit(HANDLE hKey, BLOCKCIPHERPARAM *pParam, HANDLE *phMac);
ULONG SKF_Mac(HANDLE hMac, BYTE *pbData, ULONG ulDataLen, BYTE *pbMac, ULONG *pulMacLen);
ULONG SKF_MacUpdate(HANDLE hMac, BYTE *pbData, ULONG ulDataLen);
ULONG SKF_MacFinal(HANDLE hMac, BYTE *pbMac, ULONG *pulMacLen);
ULONG SKF_CloseHandle(HANDLE hHandle);

#pragma GCC visibility pop
#endif
