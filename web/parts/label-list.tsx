import classes from './label-list.module.css';

export interface LabelListProps {
  readonly labels: Readonly<Record<string, string>>;
  readonly hidden?: readonly string[];
}

/** Labels as `name=value`, in order of their names. */
export function LabelList({ labels, hidden = [] }: LabelListProps) {
  const names = Object.keys(labels)
    .filter((name) => !hidden.includes(name))
    .sort();
  if (names.length === 0) return null;
  return (
    <ul className={classes.list}>
      {names.map((name) => (
        <li key={name}>
          <span className={classes.name}>{name}</span>={labels[name]}
        </li>
      ))}
    </ul>
  );
}
