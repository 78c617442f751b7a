import type { Ending } from './end-of-support';

/** An operating system of nodes. */
export interface NodeImage extends Ending {
  readonly source: string;
  /** The beginning of `nodeImageVersion`, as `AKSUbuntu-2204gen2containerd-202601.13.0`. */
  readonly image: RegExp;
  /** Values of `osSKU` that mean this one and no other. */
  readonly skus: readonly string[];
}

const updates = 'https://azure.microsoft.com/updates';

/** By the last day of support. */
export const nodeImages: readonly NodeImage[] = [
  {
    what: 'Ubuntu 18.04',
    ends: '2023-05-31',
    instead: 'upgrade to Ubuntu 24.04',
    source: 'https://github.com/Azure/AKS/releases/tag/2023-05-28',
    image: /^AKSUbuntu-1804/i,
    skus: [],
  },
  {
    what: 'Azure Linux 2.0',
    ends: '2025-11-30',
    instead: 'upgrade to Azure Linux 3.0; the images are removed since 2026-03-31',
    source: 'https://github.com/Azure/AKS/issues/4988',
    image: /^AKS(CBLMariner|AzureLinux)-V2/i,
    skus: [],
  },
  {
    what: 'Windows Server 2019',
    ends: '2026-03-01',
    instead: 'make node pools with a later version of Windows Server',
    source: 'https://github.com/Azure/AKS/releases/tag/2026-05-29',
    image: /^AKSWindows-2019/i,
    skus: ['Windows2019'],
  },
  {
    what: 'Windows Server Annual Channel',
    ends: '2026-05-15',
    instead: 'make node pools of the Long Term Servicing Channel',
    source: 'https://aka.ms/aks/windows-annual-channel-retirement',
    image: /^AKSWindows-(23H2|annual)/i,
    skus: ['WindowsAnnual'],
  },
  {
    what: 'Flatcar Container Linux',
    ends: '2026-06-08',
    instead: 'make node pools of Azure Linux or Ubuntu',
    source: 'https://aka.ms/aks/flatcar-preview-retirement-github',
    image: /^AKSFlatcar/i,
    skus: ['Flatcar'],
  },
  {
    what: 'Azure Linux with OS Guard',
    ends: '2026-12-10',
    instead: 'make node pools of Azure Linux',
    source: 'https://github.com/Azure/AKS/issues/5950',
    image: /^AKSAzureLinuxOSGuard/i,
    skus: ['AzureLinuxOSGuard'],
  },
  {
    what: 'Ubuntu 20.04',
    ends: '2027-03-17',
    instead: 'upgrade to Ubuntu 24.04',
    source: `${updates}?id=485795`,
    image: /^AKSUbuntu-2004/i,
    skus: [],
  },
  {
    what: 'Ubuntu 22.04',
    ends: '2027-06-30',
    instead: 'upgrade to Ubuntu 24.04',
    source: `${updates}?id=557928`,
    image: /^AKSUbuntu-2204/i,
    skus: ['Ubuntu2204'],
  },
  {
    what: 'Windows Server 2022',
    ends: '2028-06-30',
    instead: 'make node pools with a later version of Windows Server',
    source: 'https://github.com/Azure/AKS/issues/4168',
    image: /^AKSWindows-2022/i,
    skus: ['Windows2022'],
  },
];
