import type { Shown } from '../../api/types'
import { sealKind } from '../../i18n/named'
import { CopyButton } from '../../kit/CopyButton'
import { Notice } from '../../kit/Notice'
import { groups, minute, octets } from '../../kit/when'
import { useSay } from '../../kit/words'
import styles from './confirm.module.css'
import { Picture } from './Picture'

/** One document: what is known of it, its picture, and what exactly is signed. */
export function DocumentView({ of: d }: { of: Shown }) {
  const say = useSay()
  const place = [d.page ? say('confirm.pageN', { page: d.page }) : undefined, d.place].filter(Boolean).join(' ')
  const facts = [d.type === 'data' ? undefined : d.type.toUpperCase(), d.pages ? say('confirm.pages', { pages: d.pages }) : undefined, d.size ? octets(d.size) : undefined]
  return (
    <div className={styles.document}>
      {!d.only_hash && (d.picture || !d.text) && (
        <figure className={styles.figure}>
          {d.picture
            ? <><Picture src={d.picture} title={d.title} /><figcaption className="small muted">{say('confirm.pictureNote')}</figcaption></>
            : <div className={styles.blank}>{say('confirm.noPicture')}</div>}
        </figure>
      )}
      <div className={styles.known}>
        {d.only_hash && <Notice tone="error" title={say('confirm.digestOnly')}>{say('confirm.digestOnlyText')}</Notice>}
        <dl className={styles.facts}>
          <dt>{say('confirm.document')}</dt>
          <dd><strong className={styles.title}>{d.title || say('confirm.untitled')}</strong> <span className="muted">{facts.filter(Boolean).join(' · ')}</span></dd>
          {place && <><dt>{say('confirm.place')}</dt><dd>{place}</dd></>}
          {d.seal && (
            <>
              <dt>{say(d.seal.kind && sealKind(d.seal.kind) === 'confirm.kindHandwritten' ? 'confirm.handwriting' : 'confirm.seal')}</dt>
              <dd className="row">
                {d.seal.picture && <img className={styles.seal} src={d.seal.picture} alt="" />}
                <span>{d.seal.name}{d.seal.kind && <span className="muted"> · {kindWord(d.seal.kind)}</span>}<span className="small muted" style={{ display: 'block' }}>{say('confirm.sealTime', { time: minute(d.seal.time) })}</span></span>
              </dd>
            </>
          )}
          {d.text && <><dt>{say('confirm.text')}</dt><dd><pre className={styles.text} tabIndex={0}>{d.text}</pre></dd></>}
          <dt>{say('confirm.digest')}</dt>
          <dd className={d.only_hash ? 'bad' : undefined}>
            <span className="mono small break">SM3 {groups(d.digest)}</span>{' '}
            <CopyButton text={d.digest}>{say('app.copy')}</CopyButton>
          </dd>
        </dl>
      </div>
    </div>
  )

  /** A kind that a seal names in other words than ours stays as it is. */
  function kindWord(kind: string): string {
    const known = sealKind(kind)
    return known ? say(known) : kind
  }
}
