import { createInstance } from 'i18next';
import { expect, it } from 'vitest';
import { zhCN } from '../i18n/zh-CN/index.ts';
import { ruleReason } from './rule-reason.ts';

it('says the usual reasons in Chinese, and anything else as it came', async () => {
  const t = await createInstance().init({ lng: 'zh-CN', resources: { 'zh-CN': { translation: zhCN } } });
  expect(ruleReason({ reason: '2 firing, 1 pending' }, t)).toBe('2 条告警中，1 条待定');
  expect(ruleReason({ reason: 'no series named a_total, b' }, t)).toBe('没有名为 a_total, b 的序列');
  expect(ruleReason({ reason: 'the condition holds for no series' }, t)).toBe('没有序列满足条件');
  const doubt = 'the condition holds for no series; the clock jumped, nothing is resolved until it settles';
  expect(ruleReason({ reason: doubt }, t)).toBe(doubt);
});
