package ca_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"xinzhang/internal/ca"
	"xinzhang/internal/format/cert"
	"xinzhang/internal/format/sm2enc"
	"xinzhang/internal/home"
	"xinzhang/internal/hsm"
	"xinzhang/internal/kmc"
	"xinzhang/internal/store"
)

// An authority is founded, and an officer gets a signing and an encryption
// certificate.
func Example() {
	folder, err := os.MkdirTemp("", "xinzhang")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if err := foundAndIssue(context.Background(), home.Dir(folder)); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 根证书: 示例电子认证中心根证书
	// 签名证书: 测试用户甲 (person), 签发者 示例电子认证中心
	// 加密证书: 测试用户甲, 密钥与信封相符: true
	// 挂起后: held, held
}

func foundAndIssue(ctx context.Context, dir home.Dir) (err error) {
	if err := dir.Create(); err != nil {
		return err
	}
	db, err := store.Open(ctx, dir.Database())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	keys := hsm.NewFolder(dir.Keys(), hsm.NewPassphrase([]byte("read from a prompt or a file")))
	cfg := ca.Config{
		Home: dir, Store: db.CA(), Keys: keys, Now: time.Now,
		KMC: kmc.New(kmc.Config{Store: db.KMC(), Keys: keys, Now: time.Now}),
	}
	if _, err := ca.Init(ctx, cfg, ca.Setup{Name: "示例电子认证中心", Province: "示例省"}); err != nil {
		return err
	}
	authority, findings, err := ca.Open(ctx, cfg) // what an interrupted program left would be in findings
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, authority.Close()) }()
	if len(findings) > 0 {
		return errors.New("a fresh authority has leftovers")
	}
	root, err := authority.Certificate(ctx, ca.Root)
	if err != nil {
		return err
	}
	fmt.Println("根证书:", root.Holder())

	key, csr, err := applicant()
	if err != nil {
		return err
	}
	issued, err := authority.Issue(ctx, ca.Request{
		ID: "2026-0001", Kind: ca.Person, CSR: csr,
		Subject: cert.Subject{
			Country: "CN", Organisation: "示例监狱", CommonName: "测试用户甲", IDNumber: "990000199001010017",
		},
	})
	if err != nil {
		return err
	}
	fmt.Printf("签名证书: %s (%s), 签发者 %s\n", issued.Signing.Holder(), issued.Signing.Role(), issued.Chain[0].Holder())

	envelope, err := sm2enc.ParseEnvelopedKey(issued.EnvelopedKey)
	if err != nil {
		return err
	}
	encryption, err := envelope.Open(func(c sm2enc.Cipher) ([]byte, error) { return sm2enc.Decrypt(key, c) })
	if err != nil {
		return err
	}
	fmt.Printf("加密证书: %s, 密钥与信封相符: %t\n",
		issued.Encryption.Holder(), encryption.PublicKey.Equal(issued.Encryption.PublicKey))

	pair, err := authority.Suspend(ctx, ca.Change{Serial: issued.Signing.SerialHex(), Note: "UKey 遗失"})
	if err != nil {
		return err
	}
	fmt.Printf("挂起后: %s, %s\n", pair[0].State, pair[1].State)
	return nil
}

// applicant makes a signing key, as a UKey would, and a request signed with it.
func applicant() (*sm2.PrivateKey, []byte, error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	info, err := cert.CSRInfo(cert.Subject{CommonName: "测试用户甲"}, &key.PublicKey)
	if err != nil {
		return nil, nil, err
	}
	signature, err := sm2enc.SignDigest(rand.Reader, key, sm2enc.Digest(&key.PublicKey, info))
	if err != nil {
		return nil, nil, err
	}
	csr, err := cert.AssembleCSR(info, signature.Marshal())
	return key, csr, err
}
