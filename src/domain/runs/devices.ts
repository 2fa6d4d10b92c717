/** Where a network runs: ids that name a kind of device, and what this machine has of each. */

export const DEVICE_IDS = ['auto', 'cpu', 'webgpu', 'cuda', 'directml', 'tensorflow', 'tfjs-cpu'] as const
export type DeviceId = (typeof DEVICE_IDS)[number]

export interface DeviceInfo {
  id: DeviceId
  /** For a person: "CPU, 2 threads (ONNX Runtime 1.30)". */
  name: string
  available: boolean
  /** Why not, when not. */
  reason: string | null
}
