import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { campaignsQuery } from '../api/queries.ts';
import { contentLanguage } from '../i18n/languages.ts';

/** A campaign's title as a link to it; its id until the title is known. */
export function CampaignName({ id }: { readonly id: string }) {
  const language = contentLanguage(useTranslation().i18n.language);
  const { data } = useQuery(campaignsQuery);
  const title = data?.find((campaign) => campaign.id === id)?.title[language] ?? id;
  return (
    <Link to="/campaigns/$id" params={{ id }}>
      {title}
    </Link>
  );
}
