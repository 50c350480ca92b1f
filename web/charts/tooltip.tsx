import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { createPortal } from 'react-dom';

export interface TooltipProps {
  /** Where the pointer or the crosshair is, in viewport px. */
  readonly x: number;
  readonly y: number;
  readonly children: ReactNode;
}

const DISTANCE = 14;
const MARGIN = 8;

/** A box beside the pointer that never leaves the viewport and never takes the pointer. */
export function Tooltip({ x, y, children }: TooltipProps) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const { width, height } = element.getBoundingClientRect();
    const fitsRight = x + DISTANCE + width + MARGIN <= window.innerWidth;
    const left = fitsRight ? x + DISTANCE : x - DISTANCE - width;
    const top = Math.min(y + DISTANCE, window.innerHeight - height - MARGIN);
    element.style.left = `${Math.max(MARGIN, Math.min(left, window.innerWidth - width - MARGIN))}px`;
    element.style.top = `${Math.max(MARGIN, top)}px`;
    element.style.visibility = 'visible';
  });
  return createPortal(
    <div ref={box} className="twc-tooltip" aria-hidden="true" style={{ visibility: 'hidden' }}>
      {children}
    </div>,
    document.body,
  );
}
