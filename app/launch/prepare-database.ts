import { prepareTemplate } from '../../storage/postgres/cluster.ts';
import { DATABASE_TEMPLATES } from '../database-templates.ts';

// Run by the launcher after an install. It is quick when the template is there already.
await prepareTemplate(DATABASE_TEMPLATES);
