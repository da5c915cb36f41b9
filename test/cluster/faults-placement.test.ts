import { deletionFaults } from './faults/deletion.ts';
import { describeFaults } from './faults/describe-faults.ts';
import { networkFaults } from './faults/network.ts';
import { schedulingFaults } from './faults/scheduling.ts';
import { storageFaults } from './faults/storage.ts';

describeFaults('what is not placed, not bound, not reached or not deleted', [
  ...schedulingFaults,
  ...storageFaults,
  ...networkFaults,
  ...deletionFaults,
]);
