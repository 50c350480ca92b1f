import { queryableContract } from '../../promql/queryable.contract.ts';
import { openClickHouseScriptStore } from './testing/script-store.ts';

queryableContract('ClickHouse', openClickHouseScriptStore);
