import { describeFaults } from './faults/describe-faults.ts';
import { runTimeFaults } from './faults/run-time.ts';
import { startUpFaults } from './faults/start-up.ts';

describeFaults('what does not start or does not do its work', [...startUpFaults, ...runTimeFaults]);
