/** How long AKS supports a minor version of Kubernetes. */
export interface MinorSupport {
  /** `1.36`. */
  readonly minor: string;
  /** Last day of community support; a month without a day ends on its last one. */
  readonly ends: string;
  /** Last day for clusters with the support plan AKSLongTermSupport. */
  readonly longTermEnds: string;
}

/** Where the dates are from. */
export const supportSource = 'https://learn.microsoft.com/azure/aks/supported-kubernetes-versions';

/** In ascending order and without a gap: «AKS Kubernetes release calendar» and «LTS versions», as of September 2026. */
export const minorSupport: readonly MinorSupport[] = [
  { minor: '1.27', ends: '2024-07-31', longTermEnds: '2025-07-31' },
  { minor: '1.28', ends: '2025-01-31', longTermEnds: '2026-02-28' },
  { minor: '1.29', ends: '2025-03-31', longTermEnds: '2026-04-30' },
  { minor: '1.30', ends: '2025-08-22', longTermEnds: '2026-07-31' },
  { minor: '1.31', ends: '2025-11-01', longTermEnds: '2026-11-30' },
  { minor: '1.32', ends: '2026-03-31', longTermEnds: '2027-03-31' },
  { minor: '1.33', ends: '2026-07-31', longTermEnds: '2027-07-31' },
  { minor: '1.34', ends: '2026-11-30', longTermEnds: '2027-11-30' },
  { minor: '1.35', ends: '2027-03-31', longTermEnds: '2028-03-31' },
  { minor: '1.36', ends: '2027-06-30', longTermEnds: '2028-06-30' },
  { minor: '1.37', ends: '2027-10-31', longTermEnds: '2028-10-31' },
];
